import { ArgumentError } from "softlabel";
import { type AttackConfig, atStrength } from "./attack-config.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import type { Running } from "./pace.ts";
import { survives } from "./survives.ts";

/** Which rows an attack of one strength leaves right. */
export interface Survival {
  /** ε of the attack. */
  readonly strength: number;
  /** 1 for a row that is right, else 0; [rows]. */
  readonly survivors: Uint8Array;
  /** Their share. */
  readonly accuracy: number;
}

/**
 * How many rows stand against one attack, strength by strength: what {@link survives} says of {@link atStrength}.
 *
 * Every strength is attacked anew, with the same random starts scaled to it.
 * @param inputs - pixels in [0, 1]; [rows, inputSize].
 * @param labels - the true classes; [rows].
 * @returns in the order of the strengths.
 * @throws {@link ArgumentError} as `survives` does, or without a strength; the signal's reason when it stops the work.
 */
export async function accuracyAgainst(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array,
  config: AttackConfig,
  strengths: readonly number[],
  running: Running,
): Promise<readonly Survival[]> {
  const curve: Survival[] = [];
  for (const [index, strength] of requireStrengths(strengths).entries()) {
    const part = partOf(running, index, strengths.length);
    const survivors = await survives(model, inputs, labels, atStrength(config, strength), part);
    curve.push({ strength, survivors, accuracy: shareOf(survivors) });
  }
  return curve;
}

function requireStrengths(strengths: readonly number[]): readonly number[] {
  if (strengths.length > 0) return strengths;
  throw new ArgumentError("strengths must have one number at least, got none");
}

/** The work of one of several strengths, its progress as a part of the whole. */
function partOf(running: Running, index: number, parts: number): Running {
  const { onProgress } = running;
  return {
    ...running,
    onProgress: onProgress && (({ done, total }) => onProgress({ done: index + done / total, total: parts })),
  };
}

function shareOf(survivors: Uint8Array): number {
  return survivors.reduce((count, survives) => count + survives, 0) / survivors.length;
}
