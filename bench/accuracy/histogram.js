// Errors counted by half decades: up to 1e-10, then to 1e-2, then more.

/** The bins' upper edges; one more bin holds what is larger, or no number. */
export const edges = Array.from({ length: 17 }, (_, i) => Number((10 ** (i / 2 - 10)).toPrecision(3)));

/** How many errors are in each bin, and the largest; null where one is not finite, since JSON has no NaN. */
export function histogram(errors) {
  const counts = new Array(edges.length + 1).fill(0);
  let worst = 0;
  for (const error of errors) {
    const bin = edges.findIndex((edge) => error <= edge);
    counts[bin < 0 ? edges.length : bin]++;
    if (!(error <= worst)) worst = error;
  }
  return { counts, worst: Number.isFinite(worst) ? Number(worst.toPrecision(2)) : null };
}
