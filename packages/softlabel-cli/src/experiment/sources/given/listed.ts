const most = 5;

/** The first five, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}
