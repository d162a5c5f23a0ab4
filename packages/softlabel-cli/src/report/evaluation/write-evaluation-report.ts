import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { writeFiles } from "../write-files.ts";
import { drawFigures, evaluationTables, renderEvaluation } from "./render-evaluation.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into a folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeEvaluationReport(results: EvaluationResults, folder: string): Promise<{ report: string }> {
  const drawn = drawFigures(results);
  return writeFiles(
    {
      html: renderEvaluation(results, drawn),
      figures: [...drawn.figures, drawn.recalibrated],
      tables: evaluationTables(results, drawn),
    },
    folder,
  );
}
