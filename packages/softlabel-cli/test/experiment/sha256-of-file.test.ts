import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sha256OfFile } from "../../src/experiment/sha256-of-file.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-sha256-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(bytes: Uint8Array): string {
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  return path;
}

describe("sha256OfFile", () => {
  test("is that of FIPS 180-2 for its example, and of RFC 6234 for no bytes", () => {
    expect(sha256OfFile(file(Buffer.from("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(sha256OfFile(file(new Uint8Array(0)))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  // A piece is 2²⁰ bytes.
  test.each([2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2.5 * 2 ** 20])("%i bytes hash in pieces as at once", (size) => {
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 256);
    expect(sha256OfFile(file(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test("a file that is not there is the system's error", () => {
    expect(() => sha256OfFile(join(folder, "nothing"))).toThrow("ENOENT");
  });
});
