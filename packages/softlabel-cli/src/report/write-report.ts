import type { Results } from "../experiment/results.ts";
import { allFigures } from "./figures/all-figures.ts";
import { metricsCsv } from "./metrics-table.ts";
import { missingCsv } from "./missing-section.ts";
import { renderReport } from "./report.ts";
import { writeFiles } from "./write-files.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into an experiment's folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeReport(results: Results, folder: string): Promise<{ report: string }> {
  const figures = allFigures(results);
  const missing = results.missing.length === 0 ? [] : [missingCsv(results)];
  const tables = [...missing, metricsCsv(results), ...figures.map(({ csv }) => csv)];
  return writeFiles({ html: renderReport(results), figures, tables }, folder);
}
