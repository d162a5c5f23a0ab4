import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "../experiment/results.ts";
import { csvText } from "./csv.ts";
import { standaloneSvg } from "./drawing.ts";
import { allFigures } from "./figures/all-figures.ts";
import { metricsCsv } from "./metrics-table.ts";
import { renderReport } from "./report.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into an experiment's folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeReport(results: Results, folder: string): Promise<{ report: string }> {
  const [plots, data] = [join(folder, "plots"), join(folder, "data")];
  await Promise.all([plots, data].map((path) => mkdir(path, { recursive: true })));
  const figures = allFigures(results);
  const panels = figures.flatMap(({ groups, legend }) => groups.flat().map((panel) => ({ panel, legend })));
  const tables = [metricsCsv(results), ...figures.map(({ csv }) => csv)];
  await Promise.all([
    ...panels.map(({ panel, legend }) => writeFile(join(plots, `${panel.name}.svg`), standaloneSvg(panel, legend))),
    ...tables.map((table) => writeFile(join(data, `${table.name}.csv`), csvText(table))),
  ]);
  const report = join(folder, "report.html");
  await writeFile(report, renderReport(results));
  return { report };
}
