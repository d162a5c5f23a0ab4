import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CsvTable, csvText } from "./csv.ts";
import { standaloneSvg } from "./drawing.ts";
import type { Figure } from "./figure.ts";

/** What the files of one report are made from. */
export interface ReportParts {
  /** The whole document. */
  readonly html: string;
  /** Every figure: each of its panels is a file. */
  readonly figures: readonly Figure[];
  /** Every table that the document links. */
  readonly tables: readonly CsvTable[];
}

/**
 * Writes `report.html`, `plots/*.svg` and `data/*.csv` into a folder, over what stood there.
 *
 * @returns The path of `report.html`.
 */
export async function writeFiles(
  { html, figures, tables }: ReportParts,
  folder: string,
): Promise<{ readonly report: string }> {
  const [plots, data] = [join(folder, "plots"), join(folder, "data")];
  await Promise.all([plots, data].map((path) => mkdir(path, { recursive: true })));
  const panels = figures.flatMap(({ groups, legend }) => groups.flat().map((panel) => ({ panel, legend })));
  await Promise.all([
    ...panels.map(({ panel, legend }) => writeFile(join(plots, `${panel.name}.svg`), standaloneSvg(panel, legend))),
    ...tables.map((table) => writeFile(join(data, `${table.name}.csv`), csvText(table))),
  ]);
  const report = join(folder, "report.html");
  await writeFile(report, html);
  return { report };
}
