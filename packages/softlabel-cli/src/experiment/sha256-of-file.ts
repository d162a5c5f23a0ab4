import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** So much of a file is in memory at a time. */
const pieceBytes = 2 ** 20;

/**
 * SHA-256 of a file of any size, in hexadecimal.
 *
 * @throws Error of the system, where the file cannot be read.
 */
export function sha256OfFile(path: string): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const piece = new Uint8Array(pieceBytes);
    for (let count = -1; count !== 0; ) {
      count = readSync(file, piece, 0, pieceBytes, null);
      hash.update(piece.subarray(0, count));
    }
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}
