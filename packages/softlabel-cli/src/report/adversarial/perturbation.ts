import type { Pixels } from "./png.ts";

/** What a picture's bytes are arranged as. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Darker, unchanged, brighter: told apart by lightness alone, and from both pages by the grey. */
export const signedColors: Readonly<Record<"darker" | "same" | "brighter", Rgb>> = {
  darker: [16, 66, 128],
  same: [143, 142, 138],
  brighter: [255, 188, 104],
};

/** The image itself: in colour with three channels, else its first channel in grey. */
export function imagePixels(bytes: readonly number[], { height, width, channels }: Shape): Pixels {
  if (channels === 3) return { width, height, channels: 3, bytes };
  return { width, height, channels: 1, bytes: bytes.filter((_, i) => i % channels === 0) };
}

/**
 * Attacked less clean on a signed scale with grey in the middle: with one channel from dark blue to light orange, with
 * three each channel from 0 over 128 to 255.
 *
 * @param limit - The difference, in bytes, that has the full colour; above 0.
 */
export function perturbationPixels(
  clean: readonly number[],
  attacked: readonly number[],
  limit: number,
  { height, width, channels }: Shape,
): Pixels {
  const shares = attacked.map((value, i) => Math.max(-1, Math.min(1, (value - (clean[i] ?? 0)) / limit)));
  const bytes =
    channels === 3
      ? shares.map((share) => Math.round(127.5 + 127.5 * share))
      : shares.filter((_, i) => i % channels === 0).flatMap(signedColor);
  return { width, height, channels: 3, bytes };
}

/** The colour of a share in [−1, 1] of the limit. */
export function signedColor(share: number): Rgb {
  const { same } = signedColors;
  const end = share < 0 ? signedColors.darker : signedColors.brighter;
  const mixed = (channel: 0 | 1 | 2): number =>
    Math.round(same[channel] + Math.abs(share) * (end[channel] - same[channel]));
  return [mixed(0), mixed(1), mixed(2)];
}

/** The largest |attacked − clean| of all pairs, 1 at least. */
export function largestChange(
  pairs: readonly (readonly [clean: readonly number[], attacked: readonly number[]])[],
): number {
  let largest = 1;
  for (const [clean, attacked] of pairs) {
    attacked.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value - (clean[i] ?? 0)));
    });
  }
  return largest;
}
