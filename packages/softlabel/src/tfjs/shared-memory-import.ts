/** Pages of the largest memory that there is, 4 GiB. */
const MOST_PAGES = 65536;

/**
 * A module whose memory import is declared shared, as a memory between threads asks for; nothing else in it changes.
 *
 * @param bytes - A module that imports one memory, not shared and without a maximum.
 * @returns undefined where that import is not found.
 * @see WebAssembly core specification, §5.5.5, import section; threads proposal, limits with flag 3
 */
export function importingSharedMemory(bytes: Uint8Array): Uint8Array | undefined {
  const section = sections(bytes).find(({ id }) => id === IMPORTS);
  if (section === undefined) return undefined;
  const { start, end, at } = section;
  const name = [...Array.from("\x03env\x06memory", (letter) => letter.charCodeAt(0)), MEMORY, NOT_SHARED];
  const found =
    start + bytes.subarray(start, end).findIndex((_, i, all) => name.every((byte, j) => all[i + j] === byte));
  if (found < start) return undefined;
  const flag = found + name.length - 1;
  const least = flag + 1 + unsigned(bytes, flag + 1).length;
  const body = [...bytes.subarray(start, flag), SHARED, ...bytes.subarray(flag + 1, least), ...leb(MOST_PAGES)];
  body.push(...bytes.subarray(least, end));
  return Uint8Array.from([...bytes.subarray(0, at), IMPORTS, ...leb(body.length), ...body, ...bytes.subarray(end)]);
}

const IMPORTS = 2;
const MEMORY = 2;
const NOT_SHARED = 0;
/** Shared, with a maximum. */
const SHARED = 3;
/** The magic number and the version. */
const HEADER = 8;

interface Section {
  readonly id: number;
  /** Where its id stands; its content is from `start` to `end`. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

function sections(bytes: Uint8Array): readonly Section[] {
  const found: Section[] = [];
  for (let at = HEADER; at < bytes.length; ) {
    const size = unsigned(bytes, at + 1);
    const start = at + 1 + size.length;
    found.push({ id: bytes[at], at, start, end: start + size.value });
    at = start + size.value;
  }
  return found;
}

/** An unsigned number in LEB128. */
function unsigned(bytes: Uint8Array, at: number): { readonly value: number; readonly length: number } {
  let value = 0;
  let length = 0;
  do value += (bytes[at + length] & 0x7f) * 2 ** (7 * length++);
  while (bytes[at + length - 1] & 0x80);
  return { value, length };
}

function leb(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
