/** Cells of equal width on [0, 1] that confidences are gathered in before they are smoothed. */
const cellCount = 129;
/** Points of [0, 1] where the smoothed residual is read. */
const readings = 65;
/** Points of the smooth diagram. */
const points = 61;
/** The narrowest kernel that cells of this width carry. */
const narrowest = 0.02;
/** The widest that the diagram is drawn with: a wider one flattens what the bins show. */
const widest = 0.05;

/** Rows gathered in cells, and what smoothing makes of them: fast enough to be done a thousand times. */
export interface SmoothCells {
  /** Where the diagram is read: equal steps from the lowest confidence to the highest. */
  readonly confidence: Float64Array;
  /** The width of the Gaussian that the diagram is drawn with. */
  readonly drawnWidth: number;
  /** The lower of the two cells of each level, and what of its rows belongs to the upper. */
  readonly cellOf: Uint8Array;
  readonly upperShare: Float64Array;
  /** Right rows and all rows in each cell; filled by whoever goes over the levels. */
  readonly right: Float64Array;
  readonly total: Float64Array;
  /** Writes the smoothed share of right rows at each point; NaN where no row is near. */
  readonly writeAccuracy: (values: Float64Array, at: number) => void;
  /** The smoothed density of rows at each point. */
  readonly density: () => Float64Array;
  /** The smooth calibration error, to the accuracy of an interval. */
  readonly error: () => number;
}

/**
 * Prepares smoothing by the Gaussian reflected at 0 and 1: of a width near that of the smooth calibration error for the
 * error, and of that width within [0.02, 0.05] for the diagram, which of badly calibrated rows would be flat otherwise.
 *
 *     accuracy(t) = Σ rightᵢ·K(t, cᵢ) / Σ K(t, cᵢ)        error = the σ with ∫ |1/N · Σ (cᵢ − rightᵢ)·K_σ(t, cᵢ)| dt = σ
 *
 * A row is shared out between its two nearest cells, so that the mean confidence stays. The error of a resample lies
 * near that of the rows, so the line through its residuals at two widths around that gives the root.
 *
 * @param levels - the distinct confidences, ascending.
 * @param smoothError - of the rows as they are: `smoothCalibrationError`.
 */
export function smoothCells(levels: Float64Array, rows: number, smoothError: number): SmoothCells {
  const [low, high] = [levels[0], levels[levels.length - 1]];
  const confidence = Float64Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
  const grid = Float64Array.from({ length: readings }, (_, i) => i / (readings - 1));
  const width = Math.max(narrowest, smoothError);
  const [narrow, wide] = [0.85 * width, 1.15 * width];
  const drawnWidth = Math.min(width, widest);
  const curve = kernel(confidence, drawnWidth);
  const [narrowKernel, wideKernel] = [kernel(grid, narrow), kernel(grid, wide)];
  const cellOf = Uint8Array.from(levels, (c) => Math.min(cellCount - 2, Math.floor(c * (cellCount - 1))));
  const upperShare = levels.map((c, level) => c * (cellCount - 1) - cellOf[level]);
  const right = new Float64Array(cellCount);
  const total = new Float64Array(cellCount);

  const residual = new Float64Array(cellCount);
  // ∫ of what a narrow and a wide kernel make of the residuals.
  const smoothedErrors = (): readonly [narrow: number, wide: number] => {
    let [first, second] = [0, 0];
    for (let i = 0; i < readings; i++) {
      weighBoth(i, narrowKernel, residual, wideKernel, residual);
      const share = i === 0 || i === readings - 1 ? 0.5 : 1;
      first += Math.abs(both[0]) * share;
      second += Math.abs(both[1]) * share;
    }
    return [first / (readings - 1) / rows, second / (readings - 1) / rows];
  };
  return {
    confidence,
    drawnWidth,
    cellOf,
    upperShare,
    right,
    total,
    writeAccuracy(values, at) {
      for (let i = 0; i < points; i++) {
        weighBoth(i, curve, right, curve, total);
        values[at + i] = both[0] / both[1];
      }
    },
    density: () =>
      confidence.map((_, i) => {
        weighBoth(i, curve, right, curve, total);
        return both[1] / rows;
      }),
    error() {
      for (let cell = 0; cell < cellCount; cell++) {
        residual[cell] = (total[cell] * cell) / (cellCount - 1) - right[cell];
      }
      const errors = smoothedErrors();
      const [first, second] = [errors[0] - narrow, errors[1] - wide];
      return Math.max(0, narrow - (first * (wide - narrow)) / (second - first));
    },
  };
}

/** K_σ of every point and cell, with enough reflections for σ up to 1. */
function kernel(at: Float64Array, width: number): Float64Array {
  const values = new Float64Array(at.length * cellCount);
  const turns = Math.ceil(3 * width);
  const gauss = (distance: number): number => Math.exp(-((distance / width) ** 2) / 2);
  for (let i = 0; i < at.length; i++) {
    for (let cell = 0; cell < cellCount; cell++) {
      const x = cell / (cellCount - 1);
      let sum = 0;
      for (let turn = -turns; turn <= turns; turn++) sum += gauss(at[i] - x + 2 * turn) + gauss(at[i] + x + 2 * turn);
      values[i * cellCount + cell] = sum / (width * Math.sqrt(2 * Math.PI));
    }
  }
  return values;
}

/** What {@link weighBoth} adds up. */
const both = new Float64Array(2);

/**
 * Two weighed sums at one point. In one pass, since the additions of a sum wait for each other and those of two do not.
 */
function weighBoth(
  point: number,
  firstWeights: Float64Array,
  firstMasses: Float64Array,
  secondWeights: Float64Array,
  secondMasses: Float64Array,
): void {
  let [first, second] = [0, 0];
  for (let cell = 0, i = point * cellCount; cell < cellCount; cell++, i++) {
    first += firstWeights[i] * firstMasses[cell];
    second += secondWeights[i] * secondMasses[cell];
  }
  both[0] = first;
  both[1] = second;
}
