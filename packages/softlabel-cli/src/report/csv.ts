export type CsvCell = string | number | null;

/** A named table, downloadable beside the figure that shows it. */
export interface CsvTable {
  /** File name without `.csv`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/** The table as RFC 4180 text: numbers in full precision, `null` and what is not finite empty. */
export function csvText({ columns, rows }: CsvTable): string {
  return `${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** The table as a `data:` URI, so that a report carries its own data. */
export function csvDataUri(table: CsvTable): string {
  // Commas, digits and letters need no escape in a data URI; encodeURIComponent would triple the commas.
  const text = csvText(table).replace(/[^\w,.:;()+*/ -]/gu, (character) => encodeURIComponent(character));
  return `data:text/csv;charset=utf-8,${text.replaceAll(" ", "%20")}`;
}

function cell(value: CsvCell): string {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
