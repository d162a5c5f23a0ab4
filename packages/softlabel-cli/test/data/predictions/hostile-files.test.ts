import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { formatNpy, parseNpy } from "../../../src/data/npy.ts";
import { formatNpz } from "../../../src/data/npz.ts";
import { readContents } from "../../../src/data/predictions/read-contents.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "predictions");
const fixtures = fileURLToPath(new URL("../../fixtures/predictions/", import.meta.url));
const built = new URL("../../../dist/data/predictions/read-contents.js", import.meta.url).href;
const formats = "a .npz, .npy, Parquet, Arrow, safetensors, JSON or CSV file";

async function failure(content: string | Uint8Array | null): Promise<string> {
  if (content !== null) writeFileSync(path, content);
  return readContents(path).then(
    () => "read",
    (error: Error) => `${error.name}: ${error.message.replaceAll(path, "FILE")}`,
  );
}

/** A file of little that claims 10¹² rows of 10 float32 numbers. */
const rows = 10 ** 12;
const claimingNpy = (): Uint8Array => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, 10), }\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\u0001\u0000"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
  ]);
};
const claimingSafetensors = (): Uint8Array => {
  const tensor = { dtype: "F32", shape: [rows, 10], data_offsets: [0, 40 * rows] };
  const header = Buffer.from(JSON.stringify({ logits: tensor }));
  return Buffer.concat([new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer), header]);
};

describe("a header that claims 10¹² rows is one sentence, and no memory:", () => {
  it.each<[string, () => Uint8Array, string]>([
    ["npy", claimingNpy, "FILE must hold 40000000000000 bytes after its header (shape [1000000000000,10]), got 0"],
    [
      "npz",
      () => zipSync({ "logits.npy": claimingNpy() }),
      "logits in FILE must hold 40000000000000 bytes after its header (shape [1000000000000,10]), got 0",
    ],
    [
      "safetensors",
      claimingSafetensors,
      "logits in FILE must lie at 40000000000000 bytes within the file (shape [1000000000000,10], F32), got offsets 0 to 40000000000000 of 0",
    ],
  ])("%s", async (_, make, message) => {
    expect(await failure(make())).toBe(`ArgumentError: ${message}`);
  });

  it("Parquet", async () => {
    const bytes = readFileSync(join(fixtures, "wide-uncompressed.parquet"));
    // The varint of num_rows = 6 (12 in zigzag) behind the schema's last element, in the file's own metadata.
    const size = bytes.readUInt32LE(bytes.length - 8);
    const footer = bytes.subarray(bytes.length - 8 - size, bytes.length - 8);
    const at = footer.indexOf(Buffer.from([0x16, 12, 0x19]));
    const claim = Buffer.concat([footer.subarray(0, at + 1), varint(2n * BigInt(rows)), footer.subarray(at + 2)]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(claim.length);
    const file = Buffer.concat([bytes.subarray(0, bytes.length - 8 - size), claim, length, Buffer.from("PAR1")]);
    expect(await failure(file)).toBe(
      "ArgumentError: FILE must be a whole Parquet file, got one that breaks (1000000000000 rows, the most is 134217728)",
    );
  });

  it("Arrow", async () => {
    const bytes = readFileSync(join(fixtures, "list-stream.arrow"));
    // Wherever the number of rows stands: in the batch, in its columns, and in what only looks like it.
    const problems: string[] = [];
    for (let at = 0; at + 8 <= bytes.length; at += 4) {
      if (bytes.readBigInt64LE(at) !== 6n) continue;
      const claim = Buffer.from(bytes);
      claim.writeBigInt64LE(BigInt(rows), at);
      const problem = await failure(claim);
      if (problem !== "read") problems.push(problem);
      else for (const { shape } of (await readContents(path)).arrays.values()) expect(shape[0]).toBe(6);
    }
    expect(problems).not.toEqual([]);
    expect(
      problems.filter(
        (one) => !/^ArgumentError: FILE must be a whole Arrow file, got one that breaks \(.+\)$/.test(one),
      ),
    ).toEqual([]);
  });
});

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

describe("an archive", () => {
  const array = formatNpy({ data: Float32Array.of(1, 2), shape: [1, 2] });

  it("with names that lead elsewhere is read by these names, and nothing is written", async () => {
    writeFileSync(path, zipSync({ "../outside.npy": array, "/absolute.npy": array, "C:\\drive.npy": array }));
    const { arrays } = await readContents(path);
    expect([...arrays.keys()]).toEqual(["../outside", "/absolute", "C:\\drive"]);
    expect(readdirSync(folder)).toEqual(["predictions"]);
    expect(existsSync(join(folder, "../outside.npy"))).toBe(false);
  });

  it("whose files share bytes, as a zip bomb's do, is refused", async () => {
    const bytes = Buffer.from(zipSync({ "a.npy": array, "b.npy": array }, { level: 9 }));
    const directory = bytes.indexOf("PK\u0001\u0002");
    const second = bytes.indexOf("PK\u0001\u0002", directory + 4);
    bytes.writeUInt32LE(0, second + 42);
    expect(await failure(bytes)).toBe(
      "ArgumentError: FILE must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (b.npy lies outside its place)",
    );
  });

  it.each([0, 9] as const)("with one bit of its numbers wrong is refused (deflated at level %i)", async (level) => {
    const data = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const bytes = zipSync({ "logits.npy": formatNpy({ data, shape: [20, 10] }) }, { level });
    bytes[bytes.length - 300] ^= 4;
    expect(await failure(bytes)).toMatch(
      /^ArgumentError: FILE must be a whole \.npz file \(a zip of \.npy arrays\), got one that ends or breaks \(.+\)$/,
    );
  });

  it("with an array twice is refused", async () => {
    const bytes = Buffer.from(zipSync({ "a.npy": array, "b.npy": array }));
    for (let at = bytes.indexOf("b.npy"); at >= 0; at = bytes.indexOf("b.npy", at + 1)) bytes.write("a", at);
    expect(await failure(bytes)).toBe("ArgumentError: FILE must hold arrays of different names, got a.npy twice");
  });

  it("may hold objects beside its numbers; they are not read, only named", async () => {
    const objects = readFileSync(join(fixtures, "objects.npy"));
    writeFileSync(path, zipSync({ "logits.npy": array, "names.npy": objects }));
    expect(await readContents(path)).toMatchObject({ others: ["names"] });
  });

  it("is in memory once: its numbers are views of the file's bytes", async () => {
    const data = Float64Array.from({ length: 1001 }, (_, i) => Math.sin(i));
    for (const name of ["a", "ab", "abc", "abcd", "abcde"]) {
      writeFileSync(path, formatNpz({ [name]: { data, shape: [1001] }, b: { data: Int32Array.of(7), shape: [1] } }));
      const { arrays } = await readContents(path);
      expect(arrays.get(name)?.data).toEqual(data);
      expect(arrays.get("b")?.data).toEqual(Int32Array.of(7));
      expect(arrays.get(name)?.data.buffer).toBe(arrays.get("b")?.data.buffer);
    }
  });
});

describe("a file is one sentence when it is", () => {
  const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, "utf16le");
  const wide = Array.from({ length: 1_000_001 }, (_, i) => i).join(",");
  it.each<[string, string | Uint8Array, string]>([
    [
      "text in UTF-16",
      utf16("logit_0,logit_1,label\n"),
      `FILE must be ${formats}, got text in UTF-16; save it in UTF-8`,
    ],
    [
      "text in another code",
      Buffer.from("caf\u00e9,label\n1,2\n", "latin1"),
      `FILE must be ${formats}, got other bytes`,
    ],
    ["a table of a million columns", `${wide}\n${wide}\n`, "FILE must have at most 200000 columns, got 1000001"],
    [
      "a gzip bomb",
      gzipSync(new Uint8Array(2 ** 27)),
      "FILE must be a whole gzipped file of at most 67108864 bytes, got one that breaks (Cannot create a Buffer larger than 67108864 bytes)",
    ],
    [
      "half a gzipped file",
      gzipSync("logit_0,logit_1,label\n1,2,0\n").subarray(0, 20),
      "FILE must be a whole gzipped file of at most 67108864 bytes, got one that breaks (unexpected end of file)",
    ],
    [
      "JSON that is too deep",
      "[".repeat(200_000) + "]".repeat(200_000),
      "FILE must hold one record a row, got a list at record 0",
    ],
    ["JSON without an end", '{"logits": [[1, 2], [3', 'FILE must be JSON, got "{\\"logits\\": [[1, 2], [3" on line 1'],
  ])("%s", async (_, content, message) => {
    expect(await failure(content)).toBe(`ArgumentError: ${message}`);
  });

  it("an address, from which nothing is fetched", async () => {
    await expect(readContents("https://localhost/x.npz")).rejects.toThrow(
      "https://localhost/x.npz must be a file, got an address; fetch it first",
    );
  });

  it("a folder, missing, or a device", async () => {
    await expect(readContents(folder)).rejects.toThrow(`${folder} is a folder, not a file`);
    await expect(readContents(join(folder, "no"))).rejects.toThrow(`${join(folder, "no")} does not exist`);
  });

  it.skipIf(process.platform !== "linux")("a device, which may have no end [needs linux]", async () => {
    await expect(readContents("/dev/zero")).rejects.toThrow("/dev/zero is a device, not a file");
  });
});

it("JSON that is too deep in one of its lists holds that list as something else", async () => {
  writeFileSync(path, `{"labels": [1], "deep": ${"[".repeat(200_000)}1${"]".repeat(200_000)}}`);
  expect(await readContents(path)).toMatchObject({ others: ["deep"] });
});

it("JSON may begin with a byte-order mark", async () => {
  writeFileSync(path, '\ufeff {"labels": [1, 2]}');
  expect((await readContents(path)).arrays.get("labels")?.data).toEqual(Float64Array.of(1, 2));
});

describe("standard input", () => {
  const program = `import { readContents } from ${JSON.stringify(built)};
    await readContents("-").then(({ arrays }) => console.log([...arrays.keys()].join()), (error) => console.log(error.message));`;
  const run = (input: string | Uint8Array): string =>
    spawnSync(process.execPath, ["--input-type=module", "-e", program], { input, encoding: "utf8", timeout: 20_000 })
      .stdout;

  it("is read as a file is", () => {
    expect(run("logit_0,logit_1\n1,2\n")).toBe("logit_0,logit_1\n");
    expect(run(readFileSync(join(fixtures, "list.parquet")))).toBe("logits,label\n");
    expect(run("")).toBe("standard input must hold predictions, got no bytes\n");
  });

  it.skipIf(process.platform !== "linux")("that is a terminal is refused, without waiting for it [needs linux]", () => {
    const command = `${process.execPath} --input-type=module -e '${program.replaceAll("\n", " ")}'`;
    const output = execFileSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", timeout: 20_000 });
    expect(output.trim()).toBe(
      "standard input must be a pipe or a file, got a terminal; name a file, or write … | softlabel …",
    );
  });
});

it("an .npy file is a view of its bytes", () => {
  const bytes = formatNpy({ data: Float32Array.of(1, 2), shape: [2] });
  expect(parseNpy(bytes, "x").data.buffer).toBe(bytes.buffer);
});
