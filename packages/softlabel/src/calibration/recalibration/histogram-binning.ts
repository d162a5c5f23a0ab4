import { readOptions } from "../../statistics/read-options.ts";
import type { Labels, Predictions } from "../predictions.ts";
import { type BinningOptions, reliabilityDiagram } from "../reliability-diagram.ts";
import { type BinaryMap, fitScheme, type SchemeOptions, type SchemeRecalibrator } from "./binary-scheme.ts";
import { requireAscending } from "./isotonic.ts";
import { readNumbers, readObject } from "./read-parameters.ts";

/** A step function: the value of the first bin whose upper edge is at least p, of the last beyond it. */
export interface HistogramMap {
  /** Upper edges, ascending. */
  readonly highs: readonly number[];
  /** As many. */
  readonly values: readonly number[];
}

/** Which bins a histogram has; (lo, hi] throughout. */
export interface HistogramBinningOptions
  extends Pick<SchemeOptions, "scheme">,
    Pick<BinningOptions, "bins" | "binning"> {}

/**
 * Histogram binning: a probability becomes the share of its bin's rows that came true.
 *
 *     p′ = hits(b)/rows(b),   b the bin of p, (lo, hi]
 *
 * A uniform bin without rows keeps its middle. All probabilities of a bin become one, so ranking within it is lost;
 * bins may rise and fall by chance, and a bin without hits gives 0.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], two classes at least.
 * @param options.scheme - How it serves more than two classes; {@link Scheme}.
 * @param options.bins - 15 by default.
 * @param options.binning - `"uniform"` (default) or `"equal-mass"`, as in {@link reliabilityDiagram}.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @see Zadrozny and Elkan 2001, §3, https://dl.acm.org/doi/10.5555/645530.655658
 */
export function fitHistogramBinning(
  labels: Labels,
  predictions: Predictions,
  options: HistogramBinningOptions = {},
): SchemeRecalibrator<HistogramMap> {
  const { bins = 15, binning = "uniform" } = readOptions(options);
  const fit = ({ p }: { readonly p: Float64Array }, hits: Uint8Array): HistogramMap => {
    const diagram = reliabilityDiagram({ confidence: p, correct: hits }, { bins, binning });
    return {
      highs: diagram.map(({ high }) => high),
      values: diagram.map(({ low, high, count, accuracy }) => (count > 0 ? accuracy : (low + high) / 2)),
    };
  };
  return fitScheme(histogramMap, fit, labels, predictions, options);
}

export const histogramMap: BinaryMap<HistogramMap> = {
  name: "histogram",
  logs: false,
  at({ highs, values }, p) {
    let low = 0;
    let high = highs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (p <= highs[middle]) high = middle;
      else low = middle + 1;
    }
    return values[low];
  },
  read(name, map) {
    const document = readObject(name, map);
    const highs = readNumbers(`${name}.highs`, document.highs, null, 0, 1);
    requireAscending(`${name}.highs`, highs, true);
    return { highs, values: readNumbers(`${name}.values`, document.values, highs.length, 0, 1) };
  },
};
