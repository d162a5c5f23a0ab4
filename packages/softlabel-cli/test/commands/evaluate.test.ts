import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluatePredictions, fitTemperature, loadRecalibrator, type Predictions } from "softlabel/calibration";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { evaluateCommand } from "../../src/commands/evaluate.ts";
import { formatNpz, type NpzArrays, readNpz } from "../../src/data/npz.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-evaluate-"));
  return () => rmSync(folder, { recursive: true });
});

const netcal = fileURLToPath(new URL("../../../../../shared/data/netcal", import.meta.url));
const file = (name: string, arrays: NpzArrays): string => {
  const path = join(folder, name);
  writeFileSync(path, formatNpz(arrays));
  return path;
};

/** Over-confident rows of three classes, each of its own, 3 in 4 right. */
function overconfident(rows: number, offset = 0): { readonly logits: Float32Array; readonly labels: Int32Array } {
  const random = (i: number): number => (Math.imul(i + offset, 2654435761) >>> 0) / 2 ** 32;
  const logits = new Float32Array(rows * 3);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    labels[row] = row % 3;
    const told = random(4 * row + 1) < 0.75 ? labels[row] : (labels[row] + 1) % 3;
    for (let k = 0; k < 3; k++) logits[3 * row + k] = random(4 * row + 2 + k) + (k === told ? 5 : 0);
  }
  return { logits, labels };
}

const arraysOf = (rows: number, offset = 0, prefix = ""): NpzArrays => {
  const { logits, labels } = overconfident(rows, offset);
  return {
    [`${prefix}logits`]: { data: logits, shape: [rows, 3] },
    [`${prefix}labels`]: { data: labels, shape: [rows] },
  };
};

async function run(...words: string[]): Promise<string> {
  let text = "";
  const command = evaluateCommand({ write: (more) => (text += more) }, { write: () => {} });
  await command.exitOverride().parseAsync(words, { from: "user" });
  return text;
}
const runJson = async (...words: string[]) => JSON.parse(await run(...words, "--json", "--resamples", "50"));

/** results.json, which has more than is printed. */
async function results(...words: string[]) {
  const out = mkdtempSync(join(folder, "out-"));
  await run(...words, "--resamples", "20", "--out", out);
  return JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
}

async function fails(...words: string[]): Promise<{ readonly code: number; readonly sentence: string }> {
  let sentence = "";
  const code = await runCommandLine(["evaluate", ...words], {
    write: (more) => {
      sentence += more;
    },
  });
  return { code, sentence };
}

describe("softlabel evaluate --json", () => {
  test("has the numbers of the library on all rows, with intervals around them and conventions", async () => {
    const document = await runJson(file("plain.npz", arraysOf(300)));
    const { logits, labels } = overconfident(300);
    const predictions: Predictions = { data: logits, shape: [300, 3], kind: "logits" };
    const { metrics } = evaluatePredictions(labels, predictions);
    expect(document).toMatchObject({ rows: 300, classes: 3, verdict: expect.any(Array) });
    expect(Object.keys(document.metrics).sort()).toEqual(Object.keys(metrics).sort());
    for (const [name, { value, convention }] of Object.entries(metrics)) {
      expect(document.metrics[name].value, name).toBeCloseTo(value as number, 10);
      expect(document.metrics[name].convention).toBe(convention);
    }
    const { low, high, value } = document.metrics.accuracy;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(document.recalibrated.temperature.parameters.temperature).toBe(
      fitTemperature(labels, predictions).temperature,
    );
    expect(document.recalibrated.temperature.metrics.accuracy.value).toBeCloseTo(value, 12);
    expect(document.source.fittedOn).toEqual({ what: "halves", rows: 300 });
  });

  test("fits on the file's validation rows and judges the test rows", async () => {
    const path = file("splits.npz", { ...arraysOf(120, 9, "val_"), ...arraysOf(90, 5000, "test_") });
    const { rows, source, recalibrated } = await runJson(path);
    const { logits, labels } = overconfident(120, 9);
    expect({ rows, fittedOn: source.fittedOn }).toEqual({
      rows: 90,
      fittedOn: { what: "validation rows", rows: 120 },
    });
    const fit = fitTemperature(labels, { data: logits, shape: [120, 3], kind: "logits" });
    expect(recalibrated.temperature.parameters.temperature).toBe(fit.temperature);
  });

  test("with --fit fits on another file, and with --split judges only the rows that are left", async () => {
    const path = file("a.npz", arraysOf(200));
    const fit = file("b.npz", arraysOf(100, 777));
    expect((await runJson(path, "--fit", fit)).source.fittedOn).toEqual({ what: "file", rows: 100 });
    const split = await runJson(path, "--split", "0.25");
    expect({ rows: split.rows, fittedOn: split.source.fittedOn }).toEqual({
      rows: 150,
      fittedOn: { what: "split", rows: 50 },
    });
  });

  test("compares files row by row, the first with itself to no difference", async () => {
    const path = file("one.npz", arraysOf(150));
    const same = file("two.npz", arraysOf(150));
    const short = file("three.npz", arraysOf(120));
    const { arms, verdict } = await runJson(path, same, short);
    expect(arms).toHaveLength(3);
    expect(arms[0].comparison).toBeNull();
    expect(arms[1].comparison.differences.accuracy).toEqual({ mean: 0, low: 0, high: 0, p: 1 });
    expect(arms[2].comparison).toEqual({ comparable: false, reason: "one.npz has 150 rows and three.npz 120" });
    expect(verdict).toContain(
      "three.npz cannot be compared with one.npz row by row: one.npz has 150 rows and three.npz 120.",
    );
  });

  test("tells what ε explains: the floor H(q′), the target and the temperature", async () => {
    const { smoothing } = await runJson(file("smooth.npz", arraysOf(90)), "--label-smoothing", "0.3");
    // q′ = [0.8, 0.1, 0.1]
    expect(smoothing.floor).toBeCloseTo(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.1)), 12);
    expect(smoothing.targetConfidence).toBeCloseTo(0.8, 12);
    expect(smoothing.smoothedLoss).toBeGreaterThan(smoothing.floor);
  });

  test("reads confidence and correct alone, without a recalibrator", async () => {
    const path = join(folder, "top.csv");
    writeFileSync(path, "confidence,correct\n0.9,1\n0.8,0\n0.7,1\n0.6,1\n");
    const { classes, metrics, recalibrated } = await runJson(path);
    expect({ classes, recalibrated }).toEqual({ classes: 0, recalibrated: {} });
    expect(metrics.accuracy.value).toBe(0.75);
    expect(metrics.nll).toBeUndefined();
  });

  const table = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test("shows the surest mistakes of confidences by their rows in the file, with the classes that it says", async () => {
    const words = table(
      "words.csv",
      "confidence,prediction,label\n0.9,cat,cat\n0.6,dog,cat\nnan,cat,dog\n0.8,dog,fox\n0.7,fox,dog\n",
    );
    const { arms } = await results(words, "--drop-invalid");
    expect(arms[0].mistakes).toEqual([
      { row: 3, label: "fox", prediction: "dog", confidence: 0.8 },
      { row: 4, label: "dog", prediction: "fox", confidence: 0.7 },
      { row: 1, label: "cat", prediction: "dog", confidence: 0.6 },
    ]);
    const bare = table("bare.csv", "confidence,correct\n0.9,1\n0.6,0\n");
    expect((await results(bare)).arms[0].mistakes).toEqual([
      { row: 1, label: null, prediction: null, confidence: 0.6 },
    ]);
  });

  test("compares confidences row by row: by labels where both have them, else on trust, which it says", async () => {
    const rows = Array.from({ length: 60 }, (_, row) => row);
    const confidences = (name: string, wrong: number, label: ((row: number) => string) | null): string =>
      table(
        name,
        `confidence,correct${label ? ",label" : ""}\n${rows.map((row) => `${0.5 + row / 200},${row % wrong === 0 ? 0 : 1}${label ? `,${label(row)}` : ""}\n`).join("")}`,
      );
    const base = confidences("base.csv", 3, (row) => `class ${row % 4}`);
    const same = confidences("same.csv", 4, (row) => `class ${row % 4}`);
    const other = confidences("other.csv", 4, (row) => `class ${row === 7 ? 9 : row % 4}`);
    const bare = confidences("bare.csv", 4, null);
    const { arms, verdict } = await runJson(base, same, other, bare);
    // 20 of 60 are wrong in the first, 15 in the others; 5 in both, so that 15 changed for the better and 10 for the worse.
    const { differences } = arms[1].comparison;
    expect(differences.accuracy.mean).toBeCloseTo(5 / 60, 12);
    expect(differences.accuracy.p).toBeCloseTo(0.4244, 4);
    expect(differences.nll).toBeUndefined();
    expect(arms[1].comparison.onTrust).toBeUndefined();
    expect(arms[2].comparison).toEqual({
      comparable: false,
      reason: "the labels of base.csv and other.csv differ, first at row 7",
    });
    expect(arms[3].comparison).toEqual({ ...arms[1].comparison, onTrust: true });
    expect(verdict.join("\n")).toMatch(/^same\.csv against base\.csv, on the same rows: accuracy \+8\.3 points/m);
    expect(verdict.join("\n")).toMatch(
      /^bare\.csv against base\.csv, on rows that are taken for the same, since their number alone shows it \(without labels in both files\): /m,
    );
  });

  test("does not compare confidences on trust where other rows were left out", async () => {
    const first = table("first.csv", "confidence,correct\nnan,1\n0.6,0\n0.7,1\n");
    const second = table("second.csv", "confidence,correct\n0.9,1\nnan,0\n0.7,1\n");
    const { arms } = await runJson(first, second, "--drop-invalid");
    expect(arms[1].comparison).toEqual({
      comparable: false,
      reason: "other rows were left out of first.csv and second.csv, and no labels tell which are the same",
    });
  });

  test("compares all classes with confidences alone by what both know", async () => {
    const { logits, labels } = overconfident(90);
    const all = file("all.npz", arraysOf(90));
    const { rows } = evaluatePredictions(labels, { data: logits, shape: [90, 3], kind: "logits" });
    const columns = Array.from(labels, (label, row) => `${rows.confidence[row]},${rows.correct[row]},${label}\n`);
    const top = table("top.csv", `confidence,correct,label\n${columns.join("")}`);
    for (const files of [
      [all, top],
      [top, all],
    ]) {
      const { arms } = await runJson(...files, "--calibrate", "none");
      expect(arms[1].comparison.differences.accuracy).toEqual({ mean: 0, low: 0, high: 0, p: 1 });
      expect(arms[1].comparison.differences.ece).toEqual({ mean: 0, low: 0, high: 0 });
      expect(arms[1].comparison.differences.nll).toBeUndefined();
    }
  });

  test("gives the same document twice", async () => {
    const path = file("again.npz", arraysOf(80));
    expect(await runJson(path)).toEqual(await runJson(path));
  });
});

describe("what the verdict says", () => {
  /** Rows of two classes with the probability of the label given. */
  const ofLabels = (name: string, probabilities: readonly number[]): string =>
    file(name, {
      probabilities: {
        data: Float64Array.from(probabilities.flatMap((p, row) => (row % 2 === 0 ? [p, 1 - p] : [1 - p, p]))),
        shape: [probabilities.length, 2],
      },
      labels: { data: Int32Array.from(probabilities, (_, row) => row % 2), shape: [probabilities.length] },
    });

  test("of rows that are all right speaks by the exact interval of the accuracy, as resamples hold no mistake", async () => {
    const path = ofLabels(
      "right.npz",
      Array.from({ length: 20 }, (_, row) => 0.94 + 0.0011 * row),
    );
    const { verdict } = await runJson(path);
    // 1 − 0.025^(1/20) = 0.168: so many mistakes are not excluded by 20 rows without one.
    expect(verdict[0]).toBe(
      "Neither over- nor under-confidence is shown: on 20 rows its mean confidence is 95.0% and its accuracy 100.0%, " +
        "a gap of −5.0 percentage points whose exact 95% interval, −5.0 to 11.9, holds zero.",
    );
    expect(verdict.join(" ")).toContain("20 rows cannot tell an over-confidence below 8.4 percentage points from none");
    expect(verdict.join("\n")).toMatch(
      /^Temperature scaling \(T = 0\.00.*\): .* Rows without a mistake cannot show whether it helps on others\.$/m,
    );
  });

  test("of one row is of one row", async () => {
    const { verdict } = await runJson(ofLabels("single.npz", [0.75]));
    expect(verdict[0]).toContain(": on 1 row its mean confidence is 75.0% and its accuracy 100.0%");
  });

  test("makes a remark that several recalibrators make once, behind their names", async () => {
    const path = file("certain-of-two.npz", {
      probabilities: { data: Float64Array.of(1, 0, 0.25, 0.75, 0.5, 0.5, 0, 1, 0.75, 0.25, 0.25, 0.75), shape: [6, 2] },
      labels: { data: Int32Array.of(0, 1, 0, 0, 1, 1), shape: [6] },
    });
    const { verdict } = await runJson(path, "--calibrate", "vector,beta");
    const moved = verdict.filter((sentence: string) => sentence.includes("Probabilities were moved into"));
    expect(moved).toEqual([expect.stringMatching(/^Vector scaling, Beta calibration: Probabilities were moved into/)]);
  });

  test("does not deny a miscalibration that the mean confidence shows", async () => {
    const path = ofLabels(
      "surer.npz",
      Array.from({ length: 60 }, (_, row) => 0.92 + 0.0003 * row),
    );
    const { verdict, metrics } = await runJson(path, "--calibrate", "none");
    expect(metrics.kuiper.p).toBeGreaterThan(0.05);
    expect(verdict[0]).toMatch(/^The model is under-confident: .* \(exact 95% interval /);
    expect(verdict[1]).toMatch(/\(Kuiper's test\), so it is the mean confidence alone that shows miscalibration\.$/);
  });

  test("names no ranges where Kuiper's test sees what the mean does not", async () => {
    const path = ofLabels(
      "certain.npz",
      Array.from({ length: 60 }, (_, row) => (row === 7 ? 0 : 1)),
    );
    const { verdict } = await runJson(path, "--calibrate", "vector");
    expect(verdict[1]).toMatch(
      /; the model is miscalibrated all the same \(Kuiper's test\), which its mean confidence does not show\.$/,
    );
    expect(verdict.join("\n")).toMatch(
      /^Vector scaling makes the infinite log-loss finite, 0\.\d+ \(95% interval .*; ECE/m,
    );
  });

  test("says nothing of what smoothing took where the temperature's interval holds 1", async () => {
    const path = ofLabels(
      "fair.npz",
      Array.from({ length: 40 }, (_, row) => (row % 4 < 3 ? 0.76 : 0.24) + 0.0005 * row),
    );
    const { verdict, recalibrated } = await runJson(path, "--label-smoothing", "0.1");
    const { low, high } = recalibrated.temperature.interval;
    expect([low < 1, high > 1]).toEqual([true, true]);
    expect(verdict.join("\n")).toMatch(
      /^T = \d\.\d+ has 1 in its 95% interval, so it is not shown whether the smoothing left the confidence too low\.$/m,
    );
  });

  test("without intervals denies no change", async () => {
    const text = await run(file("plain.npz", arraysOf(300)), "--resamples", "0", "--json");
    const { verdict } = JSON.parse(text);
    expect(verdict.join("\n")).toMatch(
      /^Temperature scaling \(T = .*\): NLL goes from .* points\. Without an interval \(--resamples\) no change is shown\.$/m,
    );
  });

  test("does not lay a half's probability of 0 on the temperature of all rows", async () => {
    const path = ofLabels("few.npz", [0.9, 0.8, 0.85, 0.3, 0.95]);
    const { verdict } = await runJson(path);
    expect(verdict.join("\n")).toMatch(
      /^Temperature scaling, fitted on either half of the rows, gives probability 0 to classes that then occur/m,
    );
  });

  test("names over-confidence with its interval, and the temperature that mends it", async () => {
    const { verdict } = await runJson(file("over.npz", arraysOf(600)), "--split", "0.5");
    expect(verdict[0]).toMatch(/^The model is over-confident: on 300 rows its mean confidence is 9\d\.\d% and its/);
    expect(verdict.join("\n")).toMatch(/Temperature scaling \(T = \d\.\d+, 95% interval .*\) mends it: NLL goes from/);
  });

  test("names no direction that the interval does not carry", async () => {
    const rows = 8;
    const data = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? 0.75 : 0.25));
    const labels = Int32Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 1 : 0));
    const path = file("even.npz", {
      probabilities: { data, shape: [rows, 2] },
      labels: { data: labels, shape: [rows] },
    });
    const { verdict } = await runJson(path, "--calibrate", "none");
    expect(verdict[0]).toMatch(/^Neither over- nor under-confidence is shown/);
    expect(verdict.join(" ")).not.toMatch(/The model is/);
  });

  test("calls the low error of a bad model meaningless: LeNet-5 on CIFAR-100 [needs netcal]", async ({ skip }) => {
    if (!existsSync(netcal)) skip("no netcal data [needs netcal]");
    const { metrics, verdict } = await runJson(join(netcal, "lenet-5-cifar-100.npz"), "--kind", "probabilities");
    expect(metrics.ece.value).toBeLessThan(0.016);
    expect(metrics.accuracy.value).toBeLessThan(0.13);
    expect(verdict.join("\n")).toMatch(/So low a calibration error means little here/);
  });
});

describe("what is written", () => {
  test("is results.json, the report, figures, tables and each calibrator, and nothing unfinished", async () => {
    const out = join(folder, "out");
    const text = await run(
      ...[file("w.npz", arraysOf(120)), "--out", out, "--calibrate", "temperature,isotonic", "--resamples", "20"],
    );
    expect(readdirSync(out).sort()).toEqual(
      [
        "calibrator-isotonic.json",
        "calibrator-temperature.json",
        "data",
        "plots",
        "report.html",
        "results.json",
      ].sort(),
    );
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8"));
    expect(results.schema).toBe("softlabel.evaluate/1");
    expect(text).toContain(results.verdict[0]);
    const saved = loadRecalibrator(JSON.parse(readFileSync(join(out, "calibrator-temperature.json"), "utf8")));
    expect(saved.parameters).toEqual(results.arms[0].recalibrated.temperature.parameters);
    expect(readNpz(join(folder, "w.npz")).labels.shape).toEqual([120]);
  });
});

describe("a wrong input", () => {
  const cases: readonly (readonly [string, () => string[], RegExp])[] = [
    ["no such file", () => [join(folder, "none.npz")], /none\.npz/],
    ["an unknown recalibrator", () => ["x.npz", "--calibrate", "temprature"], /did you mean temperature\?/],
    ["--fit and --split", () => ["x.npz", "--fit", "y.npz", "--split", "0.5"], /--split must be left out with --fit/],
    ["one --fit for two files", () => ["x.npz", "y.npz", "--fit", "z.npz"], /--fit must name a file for each of the 2/],
    ["--fit of the judged file", () => ["x.npz", "--fit", "x.npz"], /--fit must name other rows/],
    ["--fit of the judged file by another path", () => ["x.npz", "--fit", "./x.npz"], /--fit must name other rows/],
    [
      "--out of a file",
      () => {
        const path = file("in-the-way.npz", arraysOf(30));
        return [path, "--resamples", "0", "--calibrate", "none", "--out", path];
      },
      /--out must be a folder, or a place for a new one, got the file .*in-the-way\.npz/,
    ],
    ["--bins beside --preset", () => ["x.npz", "--bins", "10", "--preset", "guo"], /--bins must be left out/],
    ["standard input twice", () => ["-", "-"], /got - twice/],
    ["a share of 1", () => ["x.npz", "--split", "1"], /--split must be a number above 0 and below 1/],
    [
      "labels that start at 1",
      () => {
        const labels = { data: Int32Array.of(1, 2, 3), shape: [3] };
        return [file("one-based.npz", { logits: { data: new Float32Array(9), shape: [3, 3] }, labels })];
      },
      /first-label|start at 1|subtract 1/,
    ],
    [
      "probabilities that do not sum to 1",
      () => {
        const probabilities = { data: Float32Array.of(0.9, 0.9, 0.1, 0.9), shape: [2, 2] };
        return [file("sums.npz", { probabilities, labels: { data: Int32Array.of(0, 1), shape: [2] } })];
      },
      /sums\.npz: .*sum to 1/,
    ],
  ];
  test.each(cases)("%s is one sentence and exit code 2", async (_, words, sentence) => {
    const failure = await fails(...words(), "--json");
    expect(failure.code).toBe(2);
    const lines = failure.sentence.trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(sentence);
  });
});
