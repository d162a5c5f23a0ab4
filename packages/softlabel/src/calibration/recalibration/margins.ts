import { expNegative } from "../exp-negative.ts";
import { extremesByKernel, momentsByKernel, type NoteMoments } from "../kernel/temper-by-kernel.ts";
import type { Labels, Predictions } from "../predictions.ts";

/**
 * The logits of each row, measured from its largest one and divided by `scale`: in [−1, 0], or −∞.
 *
 * They are formed where they are used, so that logits are never copied.
 */
export interface Margins {
  /** z as it came; for probabilities ln p. */
  readonly logits: ArrayLike<number>;
  /** −1 turns the logits round; a logit of −∞ stays: it is impossible whichever way the others are turned. */
  readonly sign: 1 | -1;
  /** Largest sign·z of each row. */
  readonly largest: Float64Array;
  /** The label's margin, one per row. */
  readonly own: Float64Array;
  readonly classes: number;
  /** The largest finite distance from a row's largest logit; 0 if the logits of every row are equal. */
  readonly scale: number;
}

/** Margins of labels and predictions that were checked before. */
export function marginsOf(labels: Labels, predictions: Predictions, sign: 1 | -1 = 1): Margins {
  const { data, kind } = predictions;
  const [rows, classes] = predictions.shape;
  const logits = kind === "logits" ? data : Float64Array.from(data, Math.log);
  const largest = new Float64Array(rows);
  let scale = 0;
  const note = (row: number, max: number, min: number): void => {
    largest[row] = max;
    scale = Math.max(scale, max - min);
  };
  if (!extremesByKernel(logits, [rows, classes], sign, note)) {
    for (let row = 0, i = 0; row < rows; row++) {
      let max = -Infinity;
      let min = Infinity;
      for (let k = 0; k < classes; k++, i++) {
        if (logits[i] === -Infinity) continue;
        const z = sign * logits[i];
        if (z > max) max = z;
        if (z < min) min = z;
      }
      note(row, max, min);
    }
  }
  const own = new Float64Array(rows);
  const margins = { logits, sign, largest, own, classes, scale };
  for (let row = 0; row < rows; row++) {
    const z = logits[row * classes + labels[row]];
    own[row] = z === -Infinity ? z : (sign * z - largest[row]) / (scale || 1);
  }
  return margins;
}

/** NLL in nats per row at a β in units of 1/scale, with its first three derivatives; at 0 their limits as β → 0. */
export interface Slope {
  readonly nll: number;
  readonly slope: number;
  readonly curvature: number;
  /** NLL‴, by which the curvature grows. */
  readonly bend: number;
}

/**
 * The likelihood of the labels at softmax(β·margins).
 *
 *     NLL = mean of lse(β·m) − β·m[label]        NLL′ = mean of E_p[m] − m[label]
 *     NLL″ = mean of Var_p[m]                    NLL‴ = mean of E_p[(m − E_p[m])³]
 *
 * @param every - 1 for every row; n for each nth row, from the first.
 */
export function slopeAt(margins: Margins, beta: number, every: number = 1): Slope {
  const { own, scale } = margins;
  const unit = scale || 1;
  const inverse = 1 / unit;
  const rate = beta / unit;
  let rows = 0;
  let nll = 0;
  let slope = 0;
  let curvature = 0;
  let bend = 0;
  const note: NoteMoments = (row, sum, first, second, third) => {
    const mean = first / sum / unit;
    const meanSquare = second / sum / unit / unit;
    nll += Math.log(sum) - beta * own[row];
    slope += mean - own[row];
    curvature += meanSquare - mean * mean;
    bend += third / sum / unit / unit - mean * (3 * meanSquare - 2 * mean * mean);
    rows++;
  };
  if (!momentsByKernel(margins, rate, inverse, every, note)) plainMoments(margins, rate, inverse, every, note);
  return { nll: nll / rows, slope: slope / rows, curvature: curvature / rows, bend: bend / rows };
}

/** The measure of the kernel: the same sums one after another. */
function plainMoments(
  { logits, sign, largest, classes }: Margins,
  rate: number,
  inverse: number,
  every: number,
  note: NoteMoments,
): void {
  for (let row = 0; row < largest.length; row += every) {
    const max = largest[row];
    let sum = 0;
    let first = 0;
    let second = 0;
    let third = 0;
    for (let i = row * classes, end = i + classes; i < end; i++) {
      const z = logits[i];
      // What cannot occur has weight 0 at every β, and 0 · −∞ is no number.
      if (z === -Infinity) continue;
      const distance = sign * z - max;
      const weight = rate === 0 ? 1 : expNegative(rate * distance);
      const moment = weight * distance;
      const square = moment * distance;
      sum += weight;
      first += moment;
      second += square;
      // Of at most 1 in size, so that the cube of a huge distance does not overflow.
      third += square * (distance * inverse);
    }
    note(row, sum, first, second, third);
  }
}

/** Numbers that are few enough to be read again and again. */
const fewNumbers = 2e6;

/** Where a search may start from some of the rows: n for each nth, 1 where the rows are few. */
export function sampledRows({ own, classes }: Margins): number {
  return Math.max(1, Math.floor((own.length * classes) / fewNumbers));
}

/** NLL in the limit T → 0 when every label is among its row's largest: ln of how many share that place. */
export function meanLogTies({ logits, sign, largest, own, classes }: Margins): number {
  let sum = 0;
  for (let row = 0, i = 0; row < own.length; row++) {
    let ties = 0;
    for (let k = 0; k < classes; k++, i++) if (sign * logits[i] === largest[row]) ties++;
    sum += Math.log(ties);
  }
  return sum / own.length;
}
