import { type Data, DataType } from "apache-arrow";

/** Columns that can hold predictions or labels: of numbers or words, or of one list of numbers in each row. */
export function isReadable(type: DataType): boolean {
  if (isList(type)) return type.children.length === 1 && isNumber(type.children[0].type);
  return isNumber(type) || isWord(type) || (DataType.isDictionary(type) && isReadable(type.dictionary));
}

const isList = (type: DataType): type is DataType & { readonly children: readonly [{ readonly type: DataType }] } =>
  DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type);
const isNumber = (type: DataType): boolean => DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type);
const isWord = (type: DataType): boolean =>
  DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);

/** Its numbers, or those in its lists, are floats of 32 or 16 bits. */
export function isSingle(type: DataType): boolean {
  if (isList(type)) return isSingle(type.children[0].type);
  return DataType.isFloat(type) && type.precision < 2;
}

/**
 * Checks that a column has the bytes for the rows that it claims, before anyone walks over them.
 *
 * @param rows - of its batch.
 * @throws Error where they are too few, or where its lists or words lie outside of their values.
 */
export function requireBuffers(data: Data, rows: number): void {
  const { type, length, offset, nullBitmap, values } = data;
  if (length !== rows) throw new Error(`${length} rows in a column of ${rows}`);
  if (!(data.nullCount <= length)) throw new Error(`${data.nullCount} empty rows of ${length}`);
  const reach = offset + length;
  const count = values?.length ?? 0;
  if (data.nullCount > 0) requireLength("validity bits", 8 * (nullBitmap?.length ?? 0), reach);
  for (const child of data.children) requireBuffers(child, child.length);
  if (DataType.isBool(type)) requireLength("bits", 8 * count, reach);
  else if (isNumber(type)) requireLength("numbers", count / data.stride, reach);
  else if (DataType.isUtf8View(type)) requireLength("views", count / 16, reach);
  else if (DataType.isFixedSizeList(type)) requireLength("numbers", data.children[0].length, reach * type.listSize);
  else if (DataType.isDictionary(type)) {
    requireLength("indices", count, reach);
    for (const part of data.dictionary?.data ?? []) requireBuffers(part, part.length);
  } else if (reach > 0) requireOffsets(data, reach, data.children[0]?.length ?? count);
}

/** Lists and words lie one behind the other within `most` values. */
function requireOffsets({ offset: from, valueOffsets }: Data, to: number, most: number): void {
  requireLength("offsets", valueOffsets?.length ?? 0, to + 1);
  let last = 0;
  for (let at = from; at <= to; at++) {
    const offset = Number(valueOffsets[at]);
    if (!(offset >= last && offset <= most)) throw new Error(`a list or word at ${offset} after ${last} of ${most}`);
    last = offset;
  }
}

function requireLength(what: string, found: number, wanted: number): void {
  if (!(found >= wanted)) throw new Error(`${found} ${what} where ${wanted} are claimed`);
}
