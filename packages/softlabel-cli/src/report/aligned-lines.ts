/**
 * Rows of texts as lines whose columns are aligned, two spaces apart and without spaces at the end.
 *
 * @param left - Places of the columns that are aligned to the left; the others are to the right.
 */
export function alignedLines(rows: readonly (readonly string[])[], left: readonly number[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) =>
    widths
      .map((width, column) => {
        const text = row[column] ?? "";
        return left.includes(column) ? text.padEnd(width) : text.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
