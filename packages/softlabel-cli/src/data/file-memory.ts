import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Memory that files are read into, one after another: each takes the place of the one before. */
export interface FileMemory {
  /**
   * @returns The bytes of a whole file, until the next call.
   * @throws Error of the system, where the file cannot be read.
   */
  read(path: string): Uint8Array;
}

/** So many bytes are asked of the system at once; it gives no more than 2 GiB. */
const mostAtOnce = 2 ** 30;

/** Memory that grows to the largest file that is read into it. */
export function createFileMemory(): FileMemory {
  let memory = new Uint8Array(0);
  return {
    read(path) {
      const file = openSync(path, "r");
      try {
        const { size } = fstatSync(file);
        if (size > memory.length) memory = new Uint8Array(size);
        let at = 0;
        // The first read is made whatever the size: of a folder it says that it is one.
        do {
          const count = readSync(file, memory, at, Math.min(size - at, mostAtOnce), at);
          // It became shorter while it was read.
          if (count === 0) break;
          at += count;
        } while (at < size);
        return memory.subarray(0, at);
      } finally {
        closeSync(file);
      }
    },
  };
}
