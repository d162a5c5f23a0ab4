/** A job's id: BullMQ takes none that is all digits, which a hash may be. */
export function jobIdOf(trialId: string): string {
  return `t${trialId}`;
}
