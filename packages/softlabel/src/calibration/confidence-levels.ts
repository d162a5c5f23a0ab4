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
  const { sortedRight, sortedWrong } = sortedConfidences(outcomes);
  const rows = outcomes.confidence.length;
  const confidence = new Float64Array(rows);
  const right = new Uint32Array(rows);
  const wrong = new Uint32Array(rows);
  let level = -1;
  let last = -1;
  // Which list has the next confidence cannot be predicted, so there is no branch on it.
  for (let r = 0, w = 0; r + w < rows; ) {
    const nextRight = sortedRight[r];
    const nextWrong = sortedWrong[w];
    const isRight = Number(nextRight <= nextWrong);
    const next = Math.min(nextRight, nextWrong);
    level += Number(next !== last);
    confidence[level] = next;
    right[level] += isRight;
    wrong[level] += 1 - isRight;
    r += isRight;
    w += 1 - isRight;
    last = next;
  }
  return { rows, length: level + 1, confidence, right, wrong };
}

/** The confidences of right rows and of wrong rows, each list with ∞ behind its last. */
function sortedConfidences({
  confidence,
  correct,
}: Outcomes): Readonly<Record<"sortedRight" | "sortedWrong", Float64Array>> {
  const rows = confidence.length;
  const sortedRight = new Float64Array(rows + 1);
  const sortedWrong = new Float64Array(rows + 1);
  let r = 0;
  let w = 0;
  for (let row = 0; row < rows; row++) {
    // Into both lists, and kept in one.
    sortedRight[r] = confidence[row];
    sortedWrong[w] = confidence[row];
    r += correct[row];
    w += 1 - correct[row];
  }
  sortUnlessAscending(sortedRight.subarray(0, r));
  sortUnlessAscending(sortedWrong.subarray(0, w));
  sortedRight[r] = Infinity;
  sortedWrong[w] = Infinity;
  return { sortedRight, sortedWrong };
}

/** A typed array sorts numbers natively: much faster than rows through a comparison; not at all is faster still. */
function sortUnlessAscending(numbers: Float64Array): void {
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i] < numbers[i - 1]) {
      numbers.sort();
      return;
    }
  }
}
