import type { Outcomes } from "./top-label.ts";

/**
 * The distinct confidences in ascending order, with the rows that hold each.
 *
 * What is computed from levels cannot depend on the order of the rows, nor split rows that tie.
 */
export interface ConfidenceLevels {
  /** Of all levels. */
  readonly rows: number;
  /** How many there are. */
  readonly length: number;
  readonly confidence: Float64Array;
  readonly right: Uint32Array;
  readonly wrong: Uint32Array;
}

/** Groups outcomes that were checked before. */
export function confidenceLevels(outcomes: Outcomes): ConfidenceLevels {
  const sortedRight = sortedConfidences(outcomes, 1);
  const sortedWrong = sortedConfidences(outcomes, 0);
  const confidence = new Float64Array(outcomes.confidence.length);
  const right = new Uint32Array(confidence.length);
  const wrong = new Uint32Array(confidence.length);
  let length = 0;
  for (let r = 0, w = 0; r < sortedRight.length || w < sortedWrong.length; length++) {
    const level = Math.min(sortedRight[r] ?? Infinity, sortedWrong[w] ?? Infinity);
    confidence[length] = level;
    for (; sortedRight[r] === level; r++) right[length]++;
    for (; sortedWrong[w] === level; w++) wrong[length]++;
  }
  return { rows: confidence.length, length, confidence, right, wrong };
}

/** A typed array sorts numbers natively: much faster than rows through a comparison; not at all is faster still. */
function sortedConfidences({ confidence, correct }: Outcomes, wanted: 0 | 1): Float64Array {
  const chosen = new Float64Array(confidence.length);
  let count = 0;
  let isAscending = true;
  for (let row = 0; row < confidence.length; row++) {
    if (correct[row] !== wanted) continue;
    if (count > 0 && confidence[row] < chosen[count - 1]) isAscending = false;
    chosen[count++] = confidence[row];
  }
  const rows = chosen.subarray(0, count);
  return isAscending ? rows : rows.sort();
}
