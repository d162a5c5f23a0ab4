export type CsvCell = string | number | null;

/** A named table, downloadable beside the figure that shows it. */
export interface CsvTable {
  /** File name without `.csv`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/**
 * The table as RFC 4180 text: numbers in full precision, `null` and what is not finite empty.
 *
 * A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) gets
 * an apostrophe before it, unless it is a number: names of files and classes are not ours.
 */
export function csvText({ columns, rows }: CsvTable): string {
  return `${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** The table as a `data:` URI, so that a report carries its own data. */
export function csvDataUri(table: CsvTable): string {
  // Commas, digits and letters need no escape in a data URI; encodeURIComponent would triple the commas.
  const text = csvText(table).replace(/[^\w,.:;()+*/ -]/gu, escaped);
  return `data:text/csv;charset=utf-8,${text.replaceAll(" ", "%20")}`;
}

function escaped(character: string): string {
  return character === "'" ? "%27" : encodeURIComponent(character);
}

function cell(value: CsvCell): string {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return "";
  const text = typeof value === "string" && isFormula(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text));
}
