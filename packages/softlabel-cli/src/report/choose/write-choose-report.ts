import type { ChooseResults } from "../../experiment/choose/results.ts";
import { writeFiles } from "../write-files.ts";
import { chooseFigures, chooseTables, renderChooseReport } from "./render-choose-report.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into an experiment's folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeChooseReport(results: ChooseResults, folder: string): Promise<{ report: string }> {
  const html = renderChooseReport(results);
  return writeFiles({ html, figures: chooseFigures(results), tables: chooseTables(results) }, folder);
}
