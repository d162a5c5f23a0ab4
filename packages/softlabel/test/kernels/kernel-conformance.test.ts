import fc from "fast-check";
import { describe, it } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";
import { type CallPlan, expectConformance, type Random } from "./support/kernel-call.ts";
import { wasmKernels } from "./support/wasm-kernels.ts";

const labelKinds = ["indices", "distributions"] as const;
const priors = ["uniform", "vector"] as const;
const gradients = ["apart", "in place", "none"] as const;
const memories = ["own", "kernel's"] as const;

/** Every kind of call there is. */
const kinds = labelKinds.flatMap((labels) =>
  priors.flatMap((prior) =>
    gradients.flatMap((gradient) => memories.map((memory) => ({ labels, prior, gradient, memory }))),
  ),
);

const normals =
  (deviation: number, offset = 0): NonNullable<CallPlan["fill"]> =>
  (row, _, random) => {
    for (let k = 0; k < row.length; k++) row[k] = offset + deviation * random.normal();
  };

const distributions = {
  "N(0, 1)": normals(1),
  "N(0, 5)": normals(5),
  "N(0, 30)": normals(30),
  "N(21, 0.5), at the edge of the window": normals(0.5, 21),
  "N(−21, 0.5)": normals(0.5, -21),
  "N(−100, 2)": normals(2, -100),
  "N(1e6, 1)": normals(1, 1e6),
  "N(−1e6, 1)": normals(1, -1e6),
  "N(0, 1e38)": (row, _, random) => {
    for (let k = 0; k < row.length; k++) row[k] = Math.max(-3e38, Math.min(3e38, 1e38 * random.normal()));
  },
  "denormal numbers": normals(1e-40),
  "one logit of 60": (row, index, random) => {
    normals(1)(row, index, random);
    row[random.below(row.length)] = 60;
  },
} satisfies Record<string, NonNullable<CallPlan["fill"]>>;

describe.each(wasmKernels)("the kernel in %s", (_, kernel) => {
  it("agrees with float64 at every number of classes from 1 to 67, in every kind of call", () => {
    for (let classes = 1; classes <= 67; classes++) {
      for (const kind of kinds) expectConformance(kernel, { rows: 5, classes, seed: classes, ...kind });
    }
  });

  it.each(Object.entries(distributions))("agrees with float64 where logits are %s", (_, fill) => {
    for (const classes of [1, 2, 3, 4, 5, 7, 10, 16, 19, 33, 64, 130, 257, 1000, 1027]) {
      for (const kind of kinds) {
        if (kind.memory === "kernel's")
          expectConformance(kernel, { rows: 4, classes, seed: classes + 1, fill, ...kind });
      }
    }
  });

  it("agrees with float64 at any shape, with any mixture of rows", () => {
    const fills = Object.values(distributions);
    const anyRow = (row: Float32Array, index: number, random: Random): void =>
      fills[random.below(fills.length)](row, index, random);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 67 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer(),
        fc.constantFrom(...kinds),
        (rows, classes, seed, kind) => expectConformance(kernel, { rows, classes, seed, fill: anyRow, ...kind }),
      ),
      { numRuns: 150 },
    );
  });

  it.each([4099, 32000, 128256])("agrees with float64 at %i classes", (classes) => {
    for (const fill of [normals(1), normals(4, -3), normals(30), normals(1, 1e6)]) {
      for (const labels of labelKinds) {
        expectConformance(kernel, {
          rows: classes > 1e5 ? 1 : 2,
          classes,
          seed: classes,
          fill,
          labels,
          prior: labels === "indices" ? "uniform" : "vector",
          gradient: "apart",
          memory: "own",
        });
      }
    }
  });

  it.each([
    ["NaN", Number.NaN],
    ["−∞", -Infinity],
    ["+∞", Infinity],
  ])("keeps %s, at any place of a row, from every other row", (_, special) => {
    for (let classes = 1; classes <= 37; classes += classes < 12 ? 1 : 5) {
      const fill: CallPlan["fill"] = (row, index, random) => {
        normals(1)(row, index, random);
        if (index < classes) row[index] = special;
        if (index === classes) row.fill(special);
      };
      for (const kind of kinds) expectConformance(kernel, { rows: classes + 2, classes, seed: classes, fill, ...kind });
    }
  });

  it("keeps NaN of any payload", () => {
    const payloads = [0x7fc00000, 0xffc00000, 0x7fc00001, 0xffffff80, 0xffffffff, 0x7f800001, 0x7fbfff80, 0xffbfff80];
    for (const payload of payloads) {
      const fill: CallPlan["fill"] = (row, index, random) => {
        normals(1)(row, index, random);
        new Uint32Array(row.buffer, row.byteOffset, row.length)[random.below(row.length)] = payload;
      };
      // One row a call: after one that leaves the window, the next few are not tried.
      for (const classes of [2, 3, 4, 5, 16, 21, 70]) {
        for (const kind of kinds) expectConformance(kernel, { rows: 1, classes, seed: classes, fill, ...kind });
      }
    }
  });
});

describe.each(wasmKernels)("the window of the kernel in %s", (_, kernel) => {
  const far = [
    -44, -44.3, -44.4, -45, -60, -88, -200, -300, -1000, 38, 43, 43.6, 43.7, 44, 44.4, 45, 60, 89, 200, 355, 1e4, 2.9e6,
    3e38, -3e38,
  ];

  it("lets no row pass that has one logit at or beyond its edge", () => {
    for (const value of far) {
      for (const classes of [4, 7, 16, 33, 1040]) {
        const fill: CallPlan["fill"] = (row, index, random) => {
          normals(1)(row, index, random);
          row[random.below(classes)] = value;
        };
        // One row a call: after one that leaves the window, the next few are not tried.
        for (const kind of kinds) {
          if (kind.memory === "kernel's") expectConformance(kernel, { rows: 1, classes, seed: classes, fill, ...kind });
        }
      }
    }
  });

  it("is not fooled by huge logits whose low bits look right, even when they cancel", () => {
    // −2²⁴ + 64 − z·log2 e has the window's sign and mantissa, and an exponent with all of the window's bits.
    const looksRight = [151, 158, 159, 182, 183, 190, 191].flatMap((exponent) =>
      [0x7fff80, 0x7fffc0, 0x7fffff].map((mantissa) => {
        const bits = Uint32Array.of(((exponent << 23) | mantissa) >>> 0);
        return (new Float32Array(bits.buffer)[0] - 2 ** 24 + 64) / Math.LOG2E;
      }),
    );
    for (const huge of looksRight) {
      for (const classes of [4, 8, 16, 31, 64, 600, 1100]) {
        for (const count of [1, 2, 3, 4]) {
          const shift = (7 * count) % classes;
          const fill: CallPlan["fill"] = (row, index, random) => {
            normals(1)(row, index, random);
            row[0] = 1; // what is looked at before the row is tried
            for (let i = 0; i < count; i++) row[1 + ((shift + 4 * i) % (classes - 1))] = i % 2 === 0 ? huge : -huge;
          };
          for (const labels of labelKinds) {
            for (const prior of priors) {
              const kind = { labels, prior, gradient: "apart", memory: "kernel's" } as const;
              expectConformance(kernel, { rows: 1, classes, seed: count, fill, ...kind });
            }
          }
        }
      }
    }
  });

  it("finds −∞, or a difference beyond float32, at a class with the least share of prior or label", () => {
    for (const classes of [2, 3, 4, 5, 16, 21]) {
      for (let at = 0; at < classes; at++) {
        for (const share of [1e-9, 1e-44]) {
          for (const [low, high] of [
            [-Infinity, 1],
            [-3e38, 3e38],
          ]) {
            const other = (at + 1) % classes;
            const logits = new Float32Array(classes).fill(low, at, at + 1).fill(high, other, other + 1);
            const sure = new Float32Array(classes).fill(1, other, other + 1);
            const unlikely = sure.slice().fill(share, at, at + 1);
            const labelSums = Float64Array.of(1 + share);
            const row = { rows: 1, classes, logits, gradient: undefined, scale: Float64Array.of(1) };
            const shares = { hard: Float64Array.of(0.9), smooth: Float64Array.of(0.1) };
            const losses = () => ({ crossEntropy: new Float64Array(1), priorCrossEntropy: new Float64Array(1) });
            const ofPrior = {
              ...row,
              ...shares,
              ...losses(),
              labels: Int32Array.of(other),
              labelSums: undefined,
              prior: unlikely,
            };
            const ofLabels = { ...row, ...shares, ...losses(), labels: unlikely, labelSums, prior: sure };
            kernel.run(ofPrior);
            kernel.run(ofLabels);
            const wanted = Math.fround(share) * (high - low);
            const is = { atol: 1e-6, rtol: 1e-6 };
            expectAllClose(ofPrior.priorCrossEntropy, [wanted], is, `prior, ${classes} classes, ${at}`);
            expectAllClose(ofLabels.crossEntropy, [wanted], is, `labels, ${classes} classes, ${at}`);
          }
        }
      }
    }
  });
});
