import { type FileMetaData, parquetSchema, type SchemaTree } from "hyparquet";

/** A column that can hold predictions or labels: of numbers or words, or of one list of them in each row. */
export interface ReadableColumn {
  readonly name: string;
  /** Its numbers are floats of 32 or 16 bits. */
  readonly single: boolean;
}

/** A file of a few bytes can claim any number of equal rows. */
const mostRows = 2 ** 27;

/**
 * Finds the columns worth reading; images, dates and the like are left where they are.
 *
 * @throws Error where a schema claims more than it has.
 */
export function readableColumns(metadata: FileMetaData): readonly ReadableColumn[] {
  // The schema is a tree in preorder; a claim of more children than follow would not end.
  const claimed = metadata.schema.reduce((sum, { num_children: children = 0 }) => sum + children, 1);
  if (claimed !== metadata.schema.length)
    throw new Error(`a schema of ${metadata.schema.length} that claims ${claimed}`);
  return parquetSchema(metadata).children.flatMap((column) => {
    const leaf = onlyLeaf(column);
    if (leaf === undefined || !isReadable(leaf)) return [];
    const { type, logical_type: logical } = leaf.element;
    return [{ name: column.element.name, single: type === "FLOAT" || logical?.type === "FLOAT16" }];
  });
}

/** A column itself, or what its one list holds. */
function onlyLeaf(column: SchemaTree): SchemaTree | undefined {
  let lists = 0;
  let at = column;
  for (;;) {
    if (at.element.repetition_type === "REPEATED") lists++;
    if (at.children.length === 0) break;
    const [child] = at.children;
    if (at.children.length > 1 || child === undefined) return undefined;
    at = child;
  }
  // Between lists lie only the groups that the format asks for: a struct of one field is no list.
  return at === column || lists === 1 ? at : undefined;
}

function isReadable({ element }: SchemaTree): boolean {
  const { type, converted_type: converted = "", logical_type: logical } = element;
  const isWord = converted === "UTF8" || converted === "ENUM" || logical?.type === "STRING" || logical?.type === "ENUM";
  if (type === "BYTE_ARRAY") return isWord;
  if (logical?.type === "FLOAT16") return true;
  const isPlain = /^(?:|U?INT_\d+)$/.test(converted) && (logical === undefined || logical.type === "INTEGER");
  return isPlain && ["BOOLEAN", "INT32", "INT64", "FLOAT", "DOUBLE"].includes(type ?? "");
}

/**
 * Checks what a file says of itself before anything is allocated for it.
 *
 * @param size - of the file, in bytes.
 * @returns how many rows it has.
 * @throws Error where rows, groups or the places of columns do not fit together or into the file.
 */
export function requireLayout({ num_rows, row_groups }: FileMetaData, size: number): number {
  const rows = Number(num_rows);
  if (!(rows >= 0 && rows <= mostRows)) throw new Error(`${num_rows} rows, the most is ${mostRows}`);
  let sum = 0;
  for (const group of row_groups) {
    if (!(Number(group.num_rows) >= 0)) throw new Error(`a group of ${group.num_rows} rows`);
    sum += Number(group.num_rows);
    for (const { meta_data: column } of group.columns) {
      if (!column) throw new Error("a column without a description");
      const start = Number(column.dictionary_page_offset || column.data_page_offset);
      const length = Number(column.total_compressed_size);
      if (!(start >= 4 && length >= 0 && start + length <= size)) {
        throw new Error(`a column at bytes ${start} to ${start + length} of ${size}`);
      }
    }
  }
  if (sum !== rows) throw new Error(`groups of ${sum} rows where ${rows} are claimed`);
  return rows;
}
