import type { AshaRule } from "../../../../src/experiment/search/asha.ts";
import type { Curve } from "./curves.ts";

/** r = 1, η = 3, R = 9: the bracket of the paper's smallest example. */
export const paper: AshaRule = { minEpochs: 1, reductionFactor: 3, maxEpochs: 9, better: "lower" };

/** Nine trials: their values after 1 and after 3 epochs, and what is worked out by hand. */
export const nine: readonly { readonly after1: number; readonly after3: number; readonly stopsAfter: number | null }[] =
  [
    { after1: 0.5, after3: 0.4, stopsAfter: null },
    { after1: 0.6, after3: 0.31, stopsAfter: 1 },
    { after1: 0.55, after3: 0.32, stopsAfter: 1 },
    { after1: 0.7, after3: 0.33, stopsAfter: 1 },
    { after1: 0.45, after3: 0.42, stopsAfter: 3 },
    { after1: 0.48, after3: 0.35, stopsAfter: null },
    { after1: 0.52, after3: 0.3, stopsAfter: 1 },
    { after1: 0.49, after3: 0.29, stopsAfter: 1 },
    { after1: 0.4, after3: 0.38, stopsAfter: 3 },
  ];
export const nineCurves: readonly Curve[] = nine.map(({ after1, after3 }) =>
  Array.from({ length: 9 }, (_, i) => [i + 1, i < 2 ? after1 : after3] as const),
);
