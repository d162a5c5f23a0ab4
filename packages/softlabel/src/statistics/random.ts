import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/** A stream of pseudo-random numbers that its seed determines, on every machine alike. */
export interface Random {
  /** The next integer in [0, 2³²). */
  readonly next: () => number;
  /**
   * An integer in [0, n), n ≤ 2²⁰: ⌊next · n / 2³²⌋. No value is likelier than another by more than n/2³² of itself.
   */
  readonly below: (n: number) => number;
  /** Counts what as many draws of `below(counts.length)` as there are counts give, added to what is there. */
  readonly drawInto: (counts: Uint32Array) => void;
}

/**
 * The library's only source of chance: xoshiro128**, its state filled by SplitMix32 from one seed.
 *
 * Period 2¹²⁸ − 1; passes the usual test batteries; not for secrets.
 * @param seed - An integer in [0, 2³²).
 * @throws {@link ArgumentError} if the seed is out of range.
 * @see Blackman and Vigna 2021, https://doi.org/10.1145/3460772; https://prng.di.unimi.it
 */
export function seededRandom(seed: number): Random {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new ArgumentError(`seed must be an integer in [0, 2³²), got ${describe(seed)}`);
  }
  const fill = splitMix32(seed);
  return xoshiro128([fill(), fill(), fill(), fill()]);
}

/** xoshiro128** from a state of four 32-bit integers, not all 0. */
export function xoshiro128(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const next = (): number => {
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The same steps with the state in variables of the loop, for a part of the draws: an engine compiles a function that
  // is called often better than one with a long loop.
  const drawSome = (counts: Uint32Array, draws: number): void => {
    let [e, f, g, h] = [a, b, c, d];
    const n = counts.length;
    for (let draw = 0; draw < draws; draw++) {
      const times5 = Math.imul(f, 5);
      const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
      const shifted = f << 9;
      g ^= e;
      h ^= f;
      f ^= g;
      e ^= h;
      g ^= shifted;
      h = (h << 11) | (h >>> 21);
      counts[((result / 2 ** 32) * n) | 0]++;
    }
    [a, b, c, d] = [e, f, g, h];
  };
  const drawInto = (counts: Uint32Array): void => {
    for (let drawn = 0; drawn < counts.length; drawn += 500) drawSome(counts, Math.min(500, counts.length - drawn));
  };
  return { next, below: (n) => Math.floor((next() / 2 ** 32) * n), drawInto };
}

/** Mixes a counter, so that neighbouring seeds start far apart. */
function splitMix32(seed: number): () => number {
  let counter = seed;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}

/** Brings the numbers into a random order, in place (Fisher and Yates). */
export function shuffle(numbers: Uint32Array, random: Random): void {
  for (let last = numbers.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = numbers[last];
    numbers[last] = numbers[other];
    numbers[other] = held;
  }
}
