import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import { writeFiles } from "../write-files.ts";
import { adversarialFigures, adversarialTables, renderAdversarialReport } from "./render-adversarial-report.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into an experiment's folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeAdversarialReport(results: AdversarialResults, folder: string): Promise<{ report: string }> {
  const html = renderAdversarialReport(results);
  return writeFiles({ html, figures: adversarialFigures(results), tables: adversarialTables(results) }, folder);
}
