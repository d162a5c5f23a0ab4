import { SUM_TOLERANCE } from "../core/labels.ts";
import type { SmoothingOptions } from "../core/options.ts";
import { type NumericArray, readTensor } from "../core/tensor.ts";

/** û: the one prior of a call, restricted to the allowed classes and renormalised, as a kernel and the floor need it. */
export interface ClassPrior {
  /** û rounded to float32, shape [classes]; undefined: 1/classes. */
  readonly single: Float32Array | undefined;
  /** û; undefined: the same number `share` on every allowed class. */
  readonly exact: Float64Array | undefined;
  readonly share: number;
  /** û·log û, where û is not the same on every class. */
  readonly terms: Float64Array | undefined;
  /** How many classes are allowed. */
  readonly allowed: number;
  /** 1 where a class cannot occur; undefined: each can. */
  readonly excluded: Uint8Array | undefined;
  /** Σ û: 1 but for a given prior that misses it by what decimals leave. */
  readonly mass: number;
  /** Σ û·log û */
  readonly negativeEntropy: number;
}

/**
 * The prior of a call, or undefined where the core must read it: a prior per label, `allowed` per row, or an option
 * that breaks its precondition.
 *
 * The last few are kept with what they were made from: training passes the same numbers again and again, and comparing
 * K numbers is cheaper than K logarithms.
 *
 * @throws {@link ArgumentError} if `prior` or `allowed` is no tensor.
 */
export function classPrior(classes: number, options: SmoothingOptions): ClassPrior | undefined {
  const { prior, allowed, paddingIndex } = options;
  if (prior === undefined && allowed === undefined && paddingIndex === undefined) return uniform(classes);
  for (const made of kept) {
    if (made.classes !== classes || made.paddingIndex !== paddingIndex) continue;
    if (holds(made.weights, prior, classes) && holds(made.mask, allowed, classes)) return made.prior;
  }
  const weights = prior === undefined ? undefined : readVector(prior, "prior", classes);
  const mask = allowed === undefined ? undefined : readVector(allowed, "allowed", classes);
  if ((prior !== undefined && !weights) || (allowed !== undefined && !mask)) return undefined;
  const restricted = restrict(classes, weights, mask, paddingIndex);
  if (restricted) {
    const made = { weights: copyOf(prior, classes), mask: copyOf(allowed, classes), prior: restricted };
    kept.unshift({ classes, paddingIndex, ...made });
    if (kept.length > MOST_KEPT) kept.pop();
  }
  return restricted;
}

/** A training step may have as many heads, each with its own. */
const MOST_KEPT = 4;

const kept: {
  readonly classes: number;
  readonly paddingIndex: number | undefined;
  readonly weights: Elements | undefined;
  readonly mask: Elements | undefined;
  readonly prior: ClassPrior;
}[] = [];

/** Elements as the caller holds them: numbers, booleans or BigInts. */
type Elements = NumericArray | readonly unknown[];

/** Whether an option is what it was when its elements were copied, without reading it as a tensor. */
function holds(copy: Elements | undefined, option: unknown, classes: number): boolean {
  if (copy === undefined || option === undefined) return copy === option;
  const now = elementsOf(option, classes);
  if (now === undefined) return false;
  if (now instanceof Float64Array && copy instanceof Float64Array) return sameNumbers(now, copy);
  for (let k = 0; k < classes; k++) if (now[k] !== copy[k]) return false;
  return true;
}

/** A loop of its own: one that has met other kinds of arrays takes five times as long. */
function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** The elements of a flat array, or of a tensor of shape [classes]. */
function elementsOf(option: unknown, classes: number): Elements | undefined {
  let data = option;
  if (typeof option === "object" && option !== null && "data" in option && "shape" in option) {
    const { shape } = option;
    if (!(Array.isArray(shape) && shape.length === 1 && shape[0] === classes)) return undefined;
    data = option.data;
  }
  if (!(Array.isArray(data) || ArrayBuffer.isView(data))) return undefined;
  return (data as Elements).length === classes ? (data as Elements) : undefined;
}

/** What {@link holds} compares an option with that has been read as a vector; its elements are scalars then. */
const copyOf = (option: unknown, classes: number): Elements | undefined => elementsOf(option, classes)?.slice();

const uniform = (classes: number): ClassPrior => ({
  single: undefined,
  exact: undefined,
  terms: undefined,
  share: 1 / classes,
  allowed: classes,
  excluded: undefined,
  mass: 1,
  negativeEntropy: -Math.log(classes),
});

function readVector(value: unknown, name: string, classes: number): ArrayLike<number> | undefined {
  const { data, shape } = readTensor(value, name);
  return shape.length === 1 && shape[0] === classes ? data : undefined;
}

function restrict(
  classes: number,
  weights: ArrayLike<number> | undefined,
  mask: ArrayLike<number> | undefined,
  paddingIndex: number | undefined,
): ClassPrior | undefined {
  const excluded = mask || paddingIndex !== undefined ? new Uint8Array(classes) : undefined;
  const exact = new Float64Array(classes);
  let given = 0;
  let kept = 0;
  let allowed = 0;
  for (let k = 0; k < classes; k++) {
    const weight = weights ? weights[k] : 1 / classes;
    if (!(weight >= 0) || (mask && mask[k] !== 0 && mask[k] !== 1)) return undefined;
    given += weight;
    if (excluded && ((mask && mask[k] === 0) || k === paddingIndex)) {
      excluded[k] = 1;
      continue;
    }
    allowed++;
    exact[k] = weight;
    kept += weight;
  }
  if ((weights && !(Math.abs(given - 1) <= SUM_TOLERANCE)) || !(kept > 0)) return undefined;
  const terms = new Float64Array(classes);
  let mass = 0;
  let negativeEntropy = 0;
  for (let k = 0; k < classes; k++) {
    if (exact[k] === 0) continue;
    if (excluded) exact[k] /= kept;
    // Rounded to 0 in float32, a share that meets a logit of −∞ would hide an infinite loss.
    if (Math.fround(exact[k]) === 0) return undefined;
    mass += exact[k];
    terms[k] = exact[k] * Math.log(exact[k]);
    negativeEntropy += terms[k];
  }
  const single = weights || allowed < classes ? Float32Array.from(exact) : undefined;
  const share = weights ? Number.NaN : 1 / allowed;
  const own = weights && { exact, terms };
  return { single, exact: own?.exact, terms: own?.terms, share, allowed, excluded, mass, negativeEntropy };
}
