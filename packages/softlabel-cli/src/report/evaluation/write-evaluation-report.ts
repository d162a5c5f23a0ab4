import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { writeFiles } from "../write-files.ts";
import { evaluationFigures } from "./figures.ts";
import { recalibratedReliability } from "./recalibration-section.ts";
import { evaluationTables, renderEvaluation } from "./render-evaluation.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into a folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeEvaluationReport(results: EvaluationResults, folder: string): Promise<{ report: string }> {
  const figures = [...evaluationFigures(results), recalibratedReliability(results)];
  return writeFiles({ html: renderEvaluation(results), figures, tables: evaluationTables(results) }, folder);
}
