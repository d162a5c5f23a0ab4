import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { formatNpz } from "../../../src/data/npz.ts";
import { type PredictionsOptions, readPredictions } from "../../../src/data/predictions/read-predictions.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-predictions-"));
const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/predictions/${name}`, import.meta.url));

/** A file of this content, whatever its name promises. */
function file(content: string | Uint8Array, name = "predictions"): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const failure = async (path: string, options?: PredictionsOptions): Promise<string> =>
  readPredictions(path, options).then(
    () => "read",
    (error: Error) => `${error.name}: ${error.message.replaceAll(path, "FILE")}`,
  );

describe("predictions that polars wrote", () => {
  const value = (i: number): number => Math.fround(4 * Math.sin(12.9898 * (i + 1)));
  const names = [
    "list.parquet",
    ...["uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"].map((one) => `wide-${one}.parquet`),
    ...["uncompressed", "zstd", "lz4"].map((one) => `wide-${one}.arrow`),
    "list-lz4.arrow",
    "list.jsonl",
    "wide.csv",
  ];

  it.each(names)("are read from %s", async (name) => {
    const { test, validation } = await readPredictions(fixture(name));
    expect(test).toMatchObject({ kind: "logits", shape: [6, 3], labels: Int32Array.of(0, 1, 2, 0, 1, 2), dropped: [] });
    expect(Array.from(test.data, Math.fround)).toEqual(Array.from({ length: 18 }, (_, i) => value(i)));
    expect(validation).toBeNull();
  });

  it("are the same gzipped", async () => {
    for (const name of ["wide.csv", "list.jsonl", "list.parquet"]) {
      const path = file(gzipSync(readFileSync(fixture(name))));
      expect(await readPredictions(path)).toEqual(await readPredictions(fixture(name)));
    }
  });
});

describe("predictions that NumPy wrote", () => {
  const logits = [1.5, -2.25, 0.125, 0.5, 3, -1, -4, 0, 2.5, 0.75, -0.5, 8];
  const labels = Int32Array.of(0, 1, 2, 1);

  it.each(["big-endian.npy", "fortran.npy", "half.npy"])(
    "are read from %s, the labels from a file of theirs",
    async (name) => {
      const options = { kind: "logits", labels: fixture("labels.npy") } as const;
      const { test } = await readPredictions(fixture(name), options);
      expect(test).toMatchObject({ kind: "logits", shape: [4, 3], labels });
      expect([...test.data]).toEqual(logits);
    },
  );

  it("are read from safetensors in brain floats", async () => {
    const { test } = await readPredictions(fixture("brain.safetensors"));
    expect(test).toMatchObject({ kind: "logits", shape: [4, 3], labels });
    expect([...test.data]).toEqual(logits);
  });

  it("may be two sets: the test rows are judged, the validation rows are there to fit on", async () => {
    const { test, validation } = await readPredictions(fixture("two-sets.npz"));
    expect([...test.data]).toEqual(logits);
    expect(validation).toMatchObject({ kind: "logits", shape: [1, 3], labels: Int32Array.of(0) });
  });

  it("may have one-hot labels", async () => {
    expect((await readPredictions(fixture("one-hot.npz"))).test).toMatchObject({ kind: "probabilities", labels });
  });

  it("as pickled objects are refused", async () => {
    expect(await failure(fixture("objects.npy"))).toBe(
      `ArgumentError: ${"FILE"} must hold floats, bools or integers of up to 64 bits, got |O; save the numbers by themselves, pickled objects are not read`,
    );
  });
});

describe("predictions that net:cal published", () => {
  const netcal = fileURLToPath(new URL("../../../../../../shared/data/netcal/lenet-5-cifar-10.npz", import.meta.url));

  it.skipIf(!existsSync(netcal))("are read once it is said what they are [needs netcal]", async () => {
    expect(await failure(netcal)).toBe(
      "ArgumentError: FILE must say whether predictions holds logits or probabilities, got a name that tells neither; add --kind logits or --kind probabilities",
    );
    const { test } = await readPredictions(netcal, { kind: "probabilities" });
    expect(test).toMatchObject({ kind: "probabilities", shape: [10_000, 10], dropped: [] });
    // Each of CIFAR-10's classes has a thousand test images.
    expect(Array.from({ length: 10 }, (_, k) => test.labels.filter((label) => label === k).length)).toEqual(
      new Array(10).fill(1000),
    );
  });
});

describe("a table", () => {
  it("names its classes by its columns, in any order of numbers, and its labels by words", async () => {
    const words = file("id,label,prob_cat,prob_dog\na,dog,0.25,0.75\nb,cat,0.5,0.5\n");
    expect((await readPredictions(words)).test).toMatchObject({
      kind: "probabilities",
      classNames: ["cat", "dog"],
      labels: Int32Array.of(1, 0),
      data: Float64Array.of(0.25, 0.75, 0.5, 0.5),
    });
    const tenth = Array.from({ length: 11 }, (_, i) => 10 - i);
    const numbers = file(`label\t${tenth.map((k) => `logit_${k}`).join("\t")}\n9\t${tenth.join("\t")}\n`);
    expect((await readPredictions(numbers)).test).toMatchObject({
      classNames: null,
      data: Float64Array.from(tenth.toReversed()),
      labels: Int32Array.of(9),
    });
  });

  it("whose columns count from 1 has labels that do, unless the caller says otherwise", async () => {
    const path = file("logit_1,logit_2,label\n3,1,1\n1,4,2\n");
    expect((await readPredictions(path)).test.labels).toEqual(Int32Array.of(0, 1));
    expect(await failure(path, { firstLabel: 0 })).toBe(
      "ArgumentError: label in FILE must be integers in [0, 2), got 2 at row 1; if labels start at 1, add --first-label 1",
    );
  });

  it("without names is columns 0, 1, …, which are to be named", async () => {
    const path = file("1,2,0\n3,1,1\n");
    expect(await failure(path)).toBe(
      "ArgumentError: FILE must hold logits or probabilities [rows, classes], got 0 [2], 1 [2], 2 [2]; name its columns in a first line: logit_0, logit_1, …, label (or prob_0, …)",
    );
  });

  it("may have a byte-order mark, Windows' line ends, spaces and quoted cells", async () => {
    const path = file('\ufeff"logit_0", logit_1 ,label\r\n"1.5", -2e1 ,0\r\n\r\n.5,+3,1\r\n');
    expect((await readPredictions(path)).test.data).toEqual(Float64Array.of(1.5, -20, 0.5, 3));
  });
});

describe("JSON", () => {
  it.each([
    ["lists by name", '{"logits": [[1, 2], [3, 4]], "labels": [0, 1], "note": "x"}'],
    ["a list of records", '[{"logits": [1, 2], "label": 0}, {"label": 1, "logits": [3, 4]}]'],
    ["a record a line", '{"logits": [1, 2], "label": 0}\n\n{"logits": [3, 4], "label": 1}\n'],
    ["one record in a line", '{"logit_a": 1, "logit_b": 2, "label": 0}\n{"logit_a": 3, "logit_b": 4, "label": 1}'],
  ])("as %s is read", async (_, text) => {
    const { test } = await readPredictions(file(text));
    expect(test).toMatchObject({ data: Float64Array.of(1, 2, 3, 4), shape: [2, 2], labels: Int32Array.of(0, 1) });
  });
});

describe("rows without finite predictions", () => {
  const path = (): string => file("logit_0,logit_1,label\n1,2,0\nnan,1,0\n-inf,-inf,1\n-inf,0,1\n,3,1\ninf,0,0\n");

  it("are an error that counts and names them", async () => {
    expect(await failure(path())).toBe(
      "ArgumentError: the columns logit_0, … in FILE must hold numbers in every row, got 4 of 6 rows with NaN, +∞ or −∞ alone (row 1, 2, 4, 5); add --drop-invalid to leave them out",
    );
  });

  it("are left out where asked", async () => {
    const { test } = await readPredictions(path(), { dropInvalid: true });
    expect(test).toMatchObject({ shape: [2, 2], labels: Int32Array.of(0, 1), dropped: [1, 2, 4, 5] });
    expect([...test.data]).toEqual([1, 2, -Infinity, 0]);
  });
});

describe("a file that cannot be judged is one sentence:", () => {
  const floats = (...values: number[]): { data: Float32Array; shape: number[] } => ({
    data: Float32Array.from(values),
    shape: [values.length / 2, 2],
  });
  const labels = { data: Int32Array.of(1), shape: [1] };
  const npz = (arrays: Parameters<typeof formatNpz>[0]): Uint8Array => formatNpz(arrays);
  const many = Array.from({ length: 30 }, (_, i) => `c${i}`);

  it.each<[string, string | Uint8Array, PredictionsOptions | undefined, string]>([
    ["nothing", "", undefined, "FILE must hold predictions, got no bytes"],
    [
      "a pickle",
      Uint8Array.of(0x80, 4, 0x95),
      undefined,
      "FILE must be a .npz, .npy, Parquet, Arrow, safetensors, JSON or CSV file, got a pickle, which could run any program when it is read; save the arrays by numpy.savez",
    ],
    [
      "other bytes",
      Uint8Array.of(1, 2, 0, 3),
      undefined,
      "FILE must be a .npz, .npy, Parquet, Arrow, safetensors, JSON or CSV file, got other bytes",
    ],
    [
      "no labels",
      npz({ logits: floats(1, 2) }),
      undefined,
      "FILE must hold the true class of each row, got logits [1, 2]; name it with --labels (an array, a column or another file)",
    ],
    [
      "an unknown kind",
      npz({ output: floats(1, 2), labels }),
      undefined,
      "FILE must say whether output holds logits or probabilities, got a name that tells neither; add --kind logits or --kind probabilities",
    ],
    [
      "two candidates",
      npz({ logits: floats(1, 2), probs: floats(0.5, 0.5), labels }),
      undefined,
      "FILE must hold one array of predictions, got logits, probs; name one with --predictions",
    ],
    [
      "labels that start at 1",
      npz({ logits: floats(1, 2, 3, 4), labels: { data: Int32Array.of(1, 2), shape: [2] } }),
      undefined,
      "labels in FILE must be integers in [0, 2), got 2 at row 1; if labels start at 1, add --first-label 1",
    ],
    [
      "too few labels",
      npz({ logits: floats(1, 2, 3, 4), labels }),
      undefined,
      "labels in FILE must be one label for each of 2 rows, got the shape [1]",
    ],
    [
      "no rows",
      npz({ logits: { data: new Float32Array(0), shape: [0, 2] }, labels }),
      undefined,
      "logits in FILE must have at least one row and one class, got the shape [0, 2]",
    ],
    [
      "a name that is not there",
      npz({ logits: floats(1, 2), labels }),
      { predictions: "scores" },
      "FILE must hold predictions [rows, classes] called scores, got logits [1, 2], labels [1]; end the name in * for the columns that begin so",
    ],
    [
      "many columns",
      `${many.join(",")}\n${many.map(() => 1).join(",")}\n`,
      undefined,
      `FILE must hold logits or probabilities [rows, classes], got ${many
        .slice(0, 20)
        .map((name) => `${name} [1]`)
        .join(", ")} and 10 more; add --predictions 'c*' --kind probabilities, or --predictions 'c*' --kind logits`,
    ],
    [
      "lines of different lengths",
      "logit_0,logit_1,label\n1,2,0\n1,2\n",
      undefined,
      "FILE must be a whole table of values, got 2 values on line 3, unlike the first line",
    ],
    [
      "a column twice",
      "logit_0,logit_0,label\n1,2,0\n",
      undefined,
      "FILE must have columns of different names, got logit_0 twice",
    ],
    [
      "NaN in JSON",
      '{"logits": [NaN, 1], "label": 0}\n',
      undefined,
      String.raw`FILE must be JSON, got "{\"logits\": [NaN, 1], \"label\": 0}" on line 1; JSON has no NaN and no Infinity, write null`,
    ],
    [
      "ragged lists",
      '{"logits": [[1, 2], [3]], "labels": [0, 1]}',
      undefined,
      "logits in FILE must be lists of one length, got 2 and 1",
    ],
    [
      "a column for a class missing",
      "logit_0,logit_2,label\n1,2,0\n",
      undefined,
      "FILE must number the columns of its classes without gaps, got logit_* with the numbers 0, 2",
    ],
    [
      "one class",
      npz({ probs: { data: Float32Array.of(0.5), shape: [1, 1] }, labels }),
      undefined,
      "probs in FILE must have a column for each class, got one; a binary classifier has two classes: save 1 − p beside p, or 0 beside the logit",
    ],
    [
      "one number in each row",
      "prob,label\n0.5,1\n",
      undefined,
      "FILE must hold logits or probabilities [rows, classes], got prob [1], label [1]; a binary classifier has two classes: save 1 − p beside p, or 0 beside the logit",
    ],
    [
      "two arrays of labels",
      npz({ logits: floats(1, 2), labels, y_true: labels }),
      undefined,
      "FILE must hold one array of true classes, got labels, y_true; name one with --labels",
    ],
    [
      "a word for a number of a class",
      npz({ logits: floats(1, 2) }),
      { labels: "nowhere" },
      "FILE must hold the true class of each row, got logits [1, 2]; name it with --labels (an array, a column or another file)",
    ],
    [
      "an unknown word",
      "logit_a,logit_b,label\n1,2,c\n",
      undefined,
      'label in FILE must be one of a, b, got "c" at row 0',
    ],
  ])("%s", async (_, content, options, message) => {
    expect(await failure(file(content), options)).toBe(`ArgumentError: ${message}`);
  });

  it("an archive that claims to unpack to more than it can hold", async () => {
    const bytes = zipSync({ "logits.npy": new Uint8Array(1000) }, { level: 9 });
    // The size in the central directory, which a reader allocates.
    const at = Buffer.from(bytes).indexOf("PK\u0001\u0002") + 24;
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, 0xf0000000, true);
    const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at - 4, true);
    expect(await failure(file(bytes))).toBe(
      `ArgumentError: FILE must unpack to what it holds and to at most 4294967296 bytes, got logits.npy of ${size} bytes that claims 4026531840`,
    );
  });
});
