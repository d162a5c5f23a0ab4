// What the raw times amount to: ratios of medians within one pass, the worst of the shapes that a row is about, and the
// median of the passes. Pure: everything is read from the passes, shape → side → { median, fastest, … }.

/** The shapes of every contender, and those that a row of the table is about. */
export const shapes = [
  [128, 10],
  [128, 1000],
  [512, 1000],
  [64, 32000],
  [32, 128256],
].map(([rows, classes]) => ({ rows, classes, name: `${rows}x${classes}` }));
const small = ["128x10"];
export const optionsShape = ["128x1000"];
const many = ["128x1000", "512x1000", "64x32000", "32x128256"];
const large = ["64x32000", "32x128256"];

/** Logits that are harder than N(0, 1), and options beyond the plain call (variants.js): sides `NAME-simd`, … */
const unfriendly = ["offset", "wide", "spike"];
const variants = [
  "prior",
  "weights",
  "allowed",
  "smoothing-per-row",
  "distributions",
  "distributions-plain",
  "one-hot",
];

const over = (a, b, statistic) => (sides) => sides[a]?.[statistic] / sides[b]?.[statistic];

/** One of our two kernels: its name ends the names of its sides. */
function rowsOf(kind) {
  const kernel = `kernel-${kind}`;
  const call = `call-${kind}`;
  const threads = `threads-2-${kind}`;
  const ratio = (a, b, statistic = "median") => over(a, b, statistic);
  return {
    reference: { at: many, of: ratio(kernel, `reference-${kind}`) },
    "reference-fastest": { at: many, of: ratio(kernel, `reference-${kind}`, "fastest") },
    call: { at: small, of: (sides) => sides[call]?.median },
    "pytorch-small": { at: small, of: ratio("pytorch-1", call) },
    pytorch: { at: many, of: ratio("pytorch-1", kernel) },
    "pytorch-fastest": { at: many, of: ratio("pytorch-1", kernel, "fastest") },
    "pytorch-2": { at: large, of: ratio("pytorch-2", threads) },
    tfjs: { at: many, of: ratio("tfjs-wasm", kernel) },
    threads: { at: large, of: ratio(`allocated-${kind}`, threads) },
    ...Object.fromEntries(unfriendly.map((name) => [name, { at: optionsShape, of: ratio(`${name}-${kind}`, kernel) }])),
    ...Object.fromEntries(
      variants.map((name) => [name, { at: optionsShape, of: ratio(`${name}-${kind}`, `allocated-${kind}`) }]),
    ),
    memory: { at: many, of: (sides) => sides[`allocated-${kind}`]?.extraBytes },
  };
}

const atMost = (needed, goal) => ({ atMost: true, needed, goal });
const atLeast = (needed, goal) => ({ atMost: false, needed, goal });

/** What is asked of each row, in the order of the table. */
const asked = [
  ["reference", "time against the reference kernel, one thread, K ≥ 1000", "×", atMost(1.05, 0.85)],
  ["reference-fastest", "the same, fastest against fastest", "×", atMost(1.05, 0.85)],
  ["call", "[128, 10], the whole public call with its gradient", "µs", atMost(12, 6)],
  ["pytorch", "faster than PyTorch, one thread each, K ≥ 1000, medians", "×", atLeast(5, 8)],
  ["pytorch-fastest", "the same, fastest against fastest", "×", atLeast(3.3, 4.5)],
  ["pytorch-2", "faster than PyTorch, two threads each, K ≥ 32000", "×", atLeast(5, 8)],
  ["pytorch-small", "[128, 10], the whole call, faster than PyTorch, one thread", "×", atLeast(10, 20)],
  ["tfjs", "faster than tf.losses on tfjs-wasm, K ≥ 1000", "×", atLeast(40, 60)],
  ["threads", "two threads faster than one, K ≥ 32000", "×", atLeast(1.6, 1.9)],
  ["offset", "[128, 1000], logits N(−100, 1) against N(0, 1)", "×", atMost(2.5, 1.5)],
  ["wide", "[128, 1000], logits N(0, 30) against N(0, 1)", "×", atMost(2.5, 1.5)],
  ["spike", "[128, 1000], one logit of 60 in each row", "×", atMost(2.5, 1.5)],
  ["prior", "[128, 1000], a prior vector against the plain call", "×", atMost(1.3, 1.1)],
  ["weights", "[128, 1000], a weight for each row", "×", atMost(1.3, 1.1)],
  ["allowed", "[128, 1000], classes that cannot occur", "×", atMost(1.3, 1.1)],
  ["smoothing-per-row", "[128, 1000], an ε for each row", "×", atMost(1.3, 1.1)],
  ["distributions", "[128, 1000], labels as distributions", "×", atMost(1.6, 1.4)],
  ["distributions-plain", "the same from a plain array", "×", atMost(1.6, 1.4)],
  ["one-hot", "[128, 1000], labels as one-hot distributions", "×", atMost(1.6, 1.4)],
  ["memory", "memory beside logits and gradient, K ≥ 1000", "bytes", atMost(0, 0)],
];

/**
 * The table of ratios: what is asked, and what each kernel gave; `null` where it was not measured.
 * @param {readonly object[]} passes
 */
export function ratios(passes) {
  const measured = { simd: rowsOf("simd"), relaxed: rowsOf("relaxed") };
  return asked.map(([name, what, unit, bound]) => {
    const worst = bound.atMost ? Math.max : Math.min;
    const perPass = (kind) => {
      const { at, of } = measured[kind][name];
      const values = passes.map((pass) => worst(...at.map((shape) => of(pass[shape] ?? {}))));
      return values.every(Number.isFinite) ? { median: middle(values), passes: values } : null;
    };
    return { name, what, unit, ...bound, simd: perPass("simd"), relaxed: perPass("relaxed") };
  });
}

/** Whether a measured value meets a bound; a value that was not measured meets none. */
export function meets({ atMost: upper }, measured, bound) {
  return measured !== null && (upper ? measured.median <= bound : measured.median >= bound);
}

/**
 * One side over all passes: the median of the medians and quartiles, the fastest of all, and the errors.
 * @returns {object | null} null where some pass did not measure it.
 */
export function overPasses(passes, shape, side) {
  const found = passes.map((pass) => pass[shape]?.[side]);
  if (!found.every((one) => one?.median > 0)) return null;
  const of = (statistic) => found.map((one) => one[statistic]);
  return {
    median: middle(of("median")),
    lowerQuartile: middle(of("lowerQuartile")),
    upperQuartile: middle(of("upperQuartile")),
    fastest: Math.min(...of("fastest")),
    lossError: found[0].lossError,
    gradientError: found[0].gradientError,
  };
}

export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return (sorted[Math.floor(at)] + sorted[Math.ceil(at)]) / 2;
}

/** Ours must be as exact as they claim, and everyone else must have computed the same thing. */
export function requireAgreement(sides) {
  for (const [name, { lossError, gradientError }] of Object.entries(sides)) {
    if (lossError === undefined) continue;
    const ours = /^(?:kernel|call|allocated|threads|core)/.test(name);
    // Others: float32 sums of a hundred thousand terms, one after another, are off by some per cent.
    const [loss, gradient] = ours ? [1e-6, 1e-6] : [0.05, 1e-3];
    if (!(lossError <= loss && gradientError <= gradient)) {
      throw new Error(
        `${name} must agree with the core, got errors of ${lossError} (loss), ${gradientError} (gradient)`,
      );
    }
  }
}
