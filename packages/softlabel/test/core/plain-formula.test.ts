import { softmaxCrossEntropy, type Tensor } from "softlabel";
import { expect, test } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";
import { randomStream } from "./random-call.ts";

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const normalised = (values: readonly number[]): number[] => values.map((value) => value / sum(values));

/** A row's part of the answer, by the definitions, in the order in which one would write them down. */
interface Row {
  readonly weight: number;
  readonly meanWeight: number;
  readonly crossEntropy: number;
  readonly priorCrossEntropy: number;
  readonly floor: number;
  readonly loss: number;
  readonly gradient: readonly number[];
}

test("all options at once, labels of both kinds, any rank and axis: what the definitions say, term by term", () => {
  const random = randomStream(30);
  const below = (n: number): number => Math.floor(random() * n);
  const oneOf = <T>(choices: readonly T[]): T => choices[below(choices.length)];
  const list = <T>(length: number, element: (i: number) => T): T[] => Array.from({ length }, (_, i) => element(i));

  for (let trial = 0; trial < 800; trial++) {
    const rank = 1 + below(3);
    const axis = below(rank);
    const shape = list(rank, (i) => (i === axis ? 1 + below(6) : 1 + below(3)));
    const K = shape[axis];
    const rowShape = shape.filter((_, i) => i !== axis);
    const N = rowShape.reduce((a, b) => a * b, 1);
    const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const at = (row: number, k: number): number => (Math.floor(row / stride) * K + k) * stride + (row % stride);
    const laidOut = (value: (row: number, k: number) => number): Tensor => {
      const data = new Float64Array(N * K);
      for (let row = 0; row < N; row++) for (let k = 0; k < K; k++) data[at(row, k)] = value(row, k);
      return { data, shape };
    };
    const perRow = (values: readonly number[]): Tensor => ({
      data: values,
      shape: oneOf([rowShape, shape.map((length, i) => (i === axis ? 1 : length)), [N]]),
    });

    const soft = random() < 0.5;
    const padding = !soft && K > 1 && random() < 0.3 ? below(K) : undefined;
    const q = list(N, () => {
      const label = below(K);
      const shares = list(K, (k) => (k === label ? 1 : soft && random() < 0.7 ? random() : 0));
      return normalised(shares);
    });
    const marked = list(N, () => !soft && random() < 0.2);
    const left = list(N, (row) => marked[row] || (padding !== undefined && q[row][padding] === 1));
    const maskKind = oneOf(["none", "none", "classes", "rows"]);
    const common = list(K, (k) => q.some((shares, row) => !left[row] && shares[k] > 0) || random() < 0.6);
    const mask = list(N, (row) =>
      list(K, (k) => maskKind === "none" || (maskKind === "classes" ? common[k] : q[row][k] > 0 || random() < 0.5)),
    );
    const priors = list(K, () => normalised(list(K, () => 0.01 + random())));
    const priorKind = oneOf(["uniform", "vector", "matrix"]);
    const convention = oneOf(["all-classes", "other-classes", "classy-vision"] as const);
    const epsilon = random() < 0.5 ? list(N, () => random()) : list(N, () => [0, 0.1, 0.5, 1][trial % 4]);
    const weights = random() < 0.5 ? list(N, () => (random() < 0.2 ? 0 : 3 * random())) : undefined;
    const classWeights = random() < 0.5 ? list(K, () => (random() < 0.1 ? 0 : 3 * random())) : undefined;
    const classWeighting = oneOf(["example", "pytorch"] as const);
    const reduction = oneOf(["mean", "sum", "none", "sum-by-nonzero-weights"] as const);
    const divides = reduction === "mean" || reduction === "sum-by-nonzero-weights";
    const normalizer = divides && random() < 0.3 ? 1 + 5 * random() : undefined;
    const meanOver = oneOf(["weights", "rows"] as const);
    const subtractFloor = random() < 0.3;
    const spread = oneOf([1, 10, 100]);
    const z = list(N, () => list(K, () => spread * (random() - 0.5)));

    const rows = list(N, (row): Row | undefined => {
      if (left[row]) return undefined;
      const top = Math.max(...z[row]);
      const logSumExp = top + Math.log(sum(z[row].map((value) => Math.exp(value - top))));
      const minusLogP = z[row].map((value) => logSumExp - value);
      const u = new Array<number>(K).fill(0);
      q[row].forEach((share, label) => {
        if (share === 0) return;
        const others = convention === "other-classes";
        const shares = list(K, (k) => {
          if (!mask[row][k] || k === padding || (others && k === label)) return 0;
          return priorKind === "uniform" ? 1 : priors[priorKind === "matrix" ? label : 0][k];
        });
        const to = sum(shares) === 0 ? list(K, (k) => (k === label ? 1 : 0)) : normalised(shares);
        to.forEach((value, k) => {
          u[k] += share * value;
        });
      });
      const ε = epsilon[row];
      const smooth = convention === "classy-vision" ? ε / (1 + ε) : ε;
      const byClass = classWeights === undefined ? 1 : sum(q[row].map((share, k) => share * classWeights[k]));
      const pytorch = classWeighting === "pytorch";
      const scaled = (t: readonly number[]): number[] =>
        classWeights !== undefined && pytorch ? t.map((share, k) => share * classWeights[k]) : [...t];
      const weight = (weights?.[row] ?? 1) * (pytorch ? 1 : byClass);
      const [tq, tu] = [scaled(q[row]), scaled(u)];
      const target = tq.map((share, k) => (1 - smooth) * share + smooth * tu[k]);
      const mass = sum(target);
      const crossEntropy = sum(tq.map((share, k) => share * minusLogP[k]));
      const priorCrossEntropy = sum(tu.map((share, k) => share * minusLogP[k]));
      const floor = sum(target.map((share) => (share > 0 ? -share * Math.log(share / mass) : 0)));
      const loss = (1 - smooth) * crossEntropy + smooth * priorCrossEntropy - (subtractFloor ? floor : 0);
      const gradient = target.map((share, k) => mass * Math.exp(-minusLogP[k]) - share);
      const meanWeight = pytorch && !soft ? weight * byClass : weight;
      return { weight, meanWeight, crossEntropy, priorCrossEntropy, floor, loss, gradient };
    });
    const kept = rows.filter((row) => row !== undefined);
    const divisor =
      normalizer !== undefined
        ? normalizer
        : reduction === "mean"
          ? meanOver === "rows"
            ? kept.length
            : sum(kept.map(({ meanWeight }) => meanWeight))
          : divides
            ? kept.filter(({ weight }) => weight !== 0).length
            : 1;
    const scale = (row: Row | undefined): number => (row === undefined || divisor === 0 ? 0 : row.weight / divisor);

    const labels = soft
      ? laidOut((row, k) => q[row][k])
      : { data: q.map((shares, row) => (marked[row] ? -7 : shares.indexOf(1))), shape: rowShape };
    const actual = softmaxCrossEntropy(
      labels,
      laidOut((row, k) => z[row][k]),
      {
        labelSmoothing: perRow(epsilon),
        prior: { uniform: undefined, vector: priors[0], matrix: priors }[priorKind],
        convention,
        allowed: { none: undefined, classes: common, rows: laidOut((row, k) => Number(mask[row][k])) }[maskKind],
        ignoreIndex: -7,
        paddingIndex: padding,
        axis: random() < 0.5 ? axis : axis - rank,
        weights: weights && perRow(weights),
        classWeights,
        classWeighting,
        reduction,
        normalizer,
        meanOver,
        subtractFloor,
        gradient: true,
      },
    );

    // Cancellation in logSumExp − z and in 1 − ε·… costs a few digits of numbers up to 100.
    const CLOSE = { rtol: 1e-12, atol: 1e-12 };
    const name = `trial ${trial}: ${shape} ${convention} ${priorKind} ${maskKind} ${classWeighting} ${reduction}`;
    for (const part of ["loss", "crossEntropy", "priorCrossEntropy", "floor"] as const) {
      const each = rows.map((row) => (row === undefined ? 0 : scale(row) * row[part]));
      const given = actual[part];
      const [ours, expected] = typeof given === "number" ? [[given], [sum(each)]] : [given, each];
      expectAllClose(ours, expected, CLOSE, `${name}, ${part}`);
    }
    const gradient = laidOut((row, k) => scale(rows[row]) * (rows[row]?.gradient[k] ?? 0));
    expectAllClose(actual.gradLogits.data, gradient.data as Float64Array, CLOSE, `${name}, gradient`);
    expect(actual.gradLogits.shape).toEqual(shape);
  }
});
