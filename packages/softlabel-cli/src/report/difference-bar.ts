import type { Difference } from "../experiment/results.ts";
import { type Html, trusted } from "./html.ts";

/**
 * A difference and its interval on a line with zero marked.
 *
 * @param all - The differences that share the bar's scale, this one among them.
 * @returns `null` where there is no interval, or no scale to draw it on.
 */
export function differenceBar({ mean, low, high }: Difference, all: readonly Difference[], color: string): Html | null {
  if (low === null || high === null) return null;
  const ends = all.flatMap((one) => [one.low ?? one.mean, one.high ?? one.mean]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  if (!(most > least && Number.isFinite(most - least))) return null;
  const [width, pad] = [96, 5];
  const x = (value: number): string => (pad + ((value - least) / (most - least)) * (width - 2 * pad)).toFixed(1);
  return trusted(
    `<svg viewBox="0 0 ${width} 16" width="${width}" height="16" aria-hidden="true">` +
      `<path d="M${x(0)} 1V15" stroke="var(--muted)" stroke-dasharray="2 2"/>` +
      `<path d="M${x(low)} 8H${x(high)}" stroke="${color}" stroke-width="2.5" stroke-linecap="round"/>` +
      `<circle cx="${x(mean)}" cy="8" r="3.5" fill="${color}"/></svg>`,
  );
}
