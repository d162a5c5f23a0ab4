/** One value per row of what a kernel is given and gives back; overwritten by the next call. */
export interface RowScratch {
  readonly labels: Int32Array;
  readonly hard: Float64Array;
  readonly smooth: Float64Array;
  readonly scale: Float64Array;
  readonly crossEntropy: Float64Array;
  readonly priorCrossEntropy: Float64Array;
  readonly floor: Float64Array;
  /** The shares and scales as the kernel is given them, where those above are not. */
  readonly given: Readonly<Record<"hard" | "smooth" | "scale", Float64Array>>;
}

/** The same arrays as the last time, while the number of rows stays the same: a training loop allocates none. */
export function rowScratch(rows: number): RowScratch {
  if (last === undefined || last.labels.length !== rows) {
    const values = (): Float64Array => new Float64Array(rows);
    last = {
      labels: new Int32Array(rows),
      hard: values(),
      smooth: values(),
      scale: values(),
      crossEntropy: values(),
      priorCrossEntropy: values(),
      floor: values(),
      given: { hard: values(), smooth: values(), scale: values() },
    };
  }
  return last;
}

let last: RowScratch | undefined;
