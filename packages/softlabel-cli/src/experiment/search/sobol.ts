import { ArgumentError } from "softlabel";
import { randomStream } from "../../data/random.ts";

/**
 * The first points of Sobol's sequence, in Gray-code order: of 2ᵏ consecutive ones from the start, each of 2ᵏ equal
 * intervals holds exactly one in every coordinate.
 *
 *     xᵢ = ⊕ vⱼ over the bits j of i ⊕ ⌊i/2⌋          vⱼ the direction numbers, as 32 binary digits after the point
 *
 * Under a seed every coordinate is scrambled as Owen does: each digit is flipped or not, at random and independently for
 * every sequence of digits before it. That keeps the intervals' points, makes every point uniform, and breaks the lines on
 * which the first points of two coordinates would lie.
 * @param seed - an integer; `null` leaves the points as they are, the first at 0.
 * @returns `count` points of `dimensions` coordinates in [0, 1); more points begin with the same.
 * @throws {@link ArgumentError} for more coordinates than {@link mostDimensions}.
 * @see Joe & Kuo 2008, "Constructing Sobol' sequences with better two-dimensional projections", the table
 * new-joe-kuo-6.21201, https://web.maths.unsw.edu.au/~fkuo/sobol/; Antonov & Saleev 1979 (the order); Owen 1995,
 * "Randomly permuted (t,m,s)-nets and (t,s)-sequences"
 */
export function sobolPoints(count: number, dimensions: number, seed: number | null): readonly (readonly number[])[] {
  if (dimensions > mostDimensions) {
    throw new ArgumentError(
      `Sobol's points must have at most ${mostDimensions} coordinates, got ${dimensions}; use --sampler random`,
    );
  }
  const coordinates = Array.from({ length: dimensions }, (_, d) => {
    const directions = directionNumbers(d);
    const key = seed === null ? null : Math.floor(randomStream(seed, `scrambling of coordinate ${d}`)() * 2 ** 32);
    return { directions, key };
  });
  return Array.from({ length: count }, (_, i) =>
    coordinates.map(({ directions, key }) => {
      const digits = xorOfBits(i ^ (i >>> 1), directions);
      return (key === null ? digits : scramble(digits, key)) / 2 ** digitCount;
    }),
  );
}

const digitCount = 32;

/** For each coordinate from the second: a, the inner coefficients of its primitive polynomial, then m₁, m₂, …, mₛ. */
const joeKuo: readonly (readonly number[])[] = [
  [0, 1],
  [1, 1, 3],
  [1, 1, 3, 1],
  [2, 1, 1, 1],
  [1, 1, 1, 3, 3],
  [4, 1, 3, 5, 13],
  [2, 1, 1, 5, 5, 17],
  [4, 1, 1, 5, 5, 5],
  [7, 1, 1, 7, 11, 19],
  [11, 1, 1, 5, 1, 1],
  [13, 1, 1, 1, 3, 11],
  [14, 1, 3, 5, 5, 31],
  [1, 1, 3, 3, 9, 7, 49],
  [13, 1, 1, 1, 15, 21, 21],
  [16, 1, 3, 1, 13, 27, 49],
  [19, 1, 1, 1, 15, 7, 5],
  [22, 1, 3, 1, 15, 13, 25],
  [25, 1, 1, 5, 5, 19, 61],
  [1, 1, 3, 7, 11, 23, 15, 103],
  [4, 1, 3, 7, 13, 13, 15, 69],
];

/** Parameters that Sobol's points can search at once. */
export const mostDimensions: number = joeKuo.length + 1;

/**
 * v₁ … v₃₂ of one coordinate, each 32 binary digits; with s the polynomial's degree and a₁ … aₛ₋₁ the bits of a,
 *
 *     vₖ = a₁vₖ₋₁ ⊕ a₂vₖ₋₂ ⊕ … ⊕ aₛ₋₁vₖ₋ₛ₊₁ ⊕ vₖ₋ₛ ⊕ ⌊vₖ₋ₛ/2ˢ⌋        vₖ = mₖ/2ᵏ for k ≤ s
 */
function directionNumbers(dimension: number): Uint32Array {
  const directions = new Uint32Array(digitCount);
  const [a, ...m] = dimension === 0 ? [0] : joeKuo[dimension - 1];
  const degree = m.length;
  for (let k = 0; k < digitCount; k++) {
    if (dimension === 0) directions[k] = 2 ** (digitCount - 1 - k);
    else if (k < degree) directions[k] = m[k] * 2 ** (digitCount - 1 - k);
    else {
      directions[k] = directions[k - degree] ^ (directions[k - degree] >>> degree);
      for (let j = 1; j < degree; j++) {
        if ((a >>> (degree - 1 - j)) & 1) directions[k] ^= directions[k - j];
      }
    }
  }
  return directions;
}

function xorOfBits(bits: number, directions: Uint32Array): number {
  let digits = 0;
  for (let j = 0; bits >>> j !== 0; j++) if ((bits >>> j) & 1) digits ^= directions[j];
  return digits >>> 0;
}

/** Nested uniform scrambling: a digit's flip depends on those before it, which a leading 1 keeps apart by their number. */
function scramble(digits: number, key: number): number {
  let flips = 0;
  for (let depth = 0; depth < digitCount; depth++) {
    const before = depth === 0 ? 1 : (digits >>> (digitCount - depth)) + 2 ** depth;
    flips |= (mix(before ^ key) & 1) << (digitCount - 1 - depth);
  }
  return (digits ^ flips) >>> 0;
}

/** Every bit of what comes in changes about half of those that come out: MurmurHash3's finaliser (Appleby 2011). */
function mix(bits: number): number {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
