/**
 * JSON in one fixed form: the keys of every object sorted, no white space, so that equal values give equal text
 * whatever order they were built in.
 *
 * @throws TypeError when a number is not finite: JSON would turn it into `null` in silence.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (typeof entry === "number" && !Number.isFinite(entry)) {
      throw new TypeError(`${key || "value"} must be finite to be written as JSON, got ${entry}`);
    }
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
