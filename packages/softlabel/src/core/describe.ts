/** A value as an error message shows it: short, on one line, for any value whatever. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Object") return "an object";
  return `${/^[AEIO]/.test(tag) ? "an" : "a"} ${tag}`;
}

/** A shape as an error message shows it: `[2, 3]`. */
export function describeShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
