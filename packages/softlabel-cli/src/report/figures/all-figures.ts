import type { Results } from "../../experiment/results.ts";
import type { Figure } from "../figure.ts";
import { confidenceHistograms } from "./confidence.ts";
import { trainingLoss, validationCurves } from "./history.ts";
import { metricsByEpsilon } from "./metrics-by-epsilon.ts";
import { penultimateActivations } from "./penultimate.ts";
import { reliabilityDiagrams } from "./reliability.ts";
import { riskCoverage } from "./risk-coverage.ts";

/** Every figure of the report that its results have the numbers for, in its order. */
export function allFigures(results: Results): readonly Figure[] {
  return [
    metricsByEpsilon(results),
    reliabilityDiagrams(results),
    confidenceHistograms(results),
    riskCoverage(results),
    validationCurves(results),
    trainingLoss(results),
    penultimateActivations(results),
  ].filter((figure) => figure !== null);
}
