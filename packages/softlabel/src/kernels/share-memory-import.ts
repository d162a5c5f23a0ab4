/**
 * The same WebAssembly module, asking for a shared memory where it asked for one of its own.
 *
 * Only the limits of the imported memory change: flags 0 (a minimum) or 1 (and a maximum) become 3 (both, shared), and
 * the maximum the largest there is, so that every shared memory fits. The code stays as it is, byte for byte.
 *
 * @throws Error if the module imports no memory.
 * @see https://webassembly.github.io/spec/core/binary/modules.html
 * @see https://github.com/WebAssembly/threads, "Limits"
 */
export function shareMemoryImport(bytes: Uint8Array): Uint8Array {
  let section = HEADER_BYTES;
  while (section < bytes.length) {
    const [size, content] = readUnsigned(bytes, section + 1);
    const end = content + size;
    if (bytes[section] === IMPORT_SECTION) {
      const limits = limitsOfMemory(bytes, content);
      const [, minimum] = readUnsigned(bytes, limits);
      const [, afterMinimum] = readUnsigned(bytes, minimum);
      const after = bytes[limits] === 1 ? readUnsigned(bytes, afterMinimum)[1] : afterMinimum;
      const imports = [
        ...bytes.subarray(content, limits),
        SHARED,
        ...bytes.subarray(minimum, afterMinimum),
        ...unsigned(MAXIMUM_PAGES),
        ...bytes.subarray(after, end),
      ];
      return Uint8Array.of(
        ...bytes.subarray(0, section + 1),
        ...unsigned(imports.length),
        ...imports,
        ...bytes.subarray(end),
      );
    }
    section = end;
  }
  throw noMemory();
}

/** The magic number and the version. */
const HEADER_BYTES = 8;
const IMPORT_SECTION = 2;
/** Flags of limits: a maximum, shared. */
const SHARED = 3;
const MAXIMUM_PAGES = 65536;

/** Where the limits of the imported memory begin, in an import section whose content begins at `at`. */
function limitsOfMemory(bytes: Uint8Array, at: number): number {
  let [count, next] = readUnsigned(bytes, at);
  for (; count > 0; count--) {
    // The names of the module and of what is imported from it.
    for (let name = 0; name < 2; name++) {
      const [length, start] = readUnsigned(bytes, next);
      next = start + length;
    }
    const kind = bytes[next];
    if (kind === 2) return next + 1;
    // A function is the number of its type, a global a type and whether it can change.
    if (kind === 0) next = readUnsigned(bytes, next + 1)[1];
    else if (kind === 3) next += 3;
    else break;
  }
  throw noMemory();
}

/** An unsigned LEB128 number at `at`, and where what follows it begins. */
function readUnsigned(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7, at++) {
    value |= (bytes[at] & 0x7f) << shift;
    if (bytes[at] < 0x80) return [value, at + 1];
  }
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

const noMemory = (): Error => new Error("a module must import a memory to share it, got one that imports none");
