import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { csvText } from "../csv.ts";
import { standaloneSvg } from "../drawing.ts";
import { drawFigures, evaluationTables, renderEvaluation } from "./render-evaluation.ts";

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into a folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeEvaluationReport(results: EvaluationResults, folder: string): Promise<{ report: string }> {
  const [plots, data] = [join(folder, "plots"), join(folder, "data")];
  await Promise.all([plots, data].map((path) => mkdir(path, { recursive: true })));
  const drawn = drawFigures(results);
  const figures = [...drawn.figures, drawn.recalibrated];
  const panels = figures.flatMap(({ groups, legend }) => groups.flat().map((panel) => ({ panel, legend })));
  await Promise.all([
    ...panels.map(({ panel, legend }) => writeFile(join(plots, `${panel.name}.svg`), standaloneSvg(panel, legend))),
    ...evaluationTables(results, drawn).map((table) => writeFile(join(data, `${table.name}.csv`), csvText(table))),
  ]);
  const report = join(folder, "report.html");
  await writeFile(report, renderEvaluation(results, drawn));
  return { report };
}
