import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { formatNpz } from "../../../src/data/npz.ts";
import { type PredictionsOptions, readPredictions } from "../../../src/data/predictions/read-predictions.ts";
import { requireRowsOfKind } from "../../../src/data/predictions/rows-of-kind.ts";
import { readUnlabelled } from "../../../src/evaluation/read-unlabelled.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-kind-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of one array of two classes. */
function file(name: string, values: readonly number[]): string {
  const path = join(folder, "predictions.npz");
  const rows = values.length / 2;
  const labels = { data: Int32Array.from({ length: rows }, (_, row) => row % 2), shape: [rows] };
  writeFileSync(path, formatNpz({ [name]: { data: Float32Array.from(values), shape: [rows, 2] }, labels }));
  return path;
}

const kindOrFailure = async (path: string, options: PredictionsOptions): Promise<string> => {
  const outcomes = [
    await readPredictions(path, options).then(
      ({ test }) => test.kind as string,
      (error: Error) => error.message.replaceAll(path, "FILE"),
    ),
    await readUnlabelled(path, options).then(
      ([set]) => set.kind as string,
      (error: Error) => error.message.replaceAll(path, "FILE"),
    ),
  ];
  expect(outcomes[1]).toBe(outcomes[0]);
  return outcomes[0];
};

const questioned = (name: string, rows: string): string =>
  `${name} in FILE must hold logits, got what looks like probabilities: ${rows} in [0, 1] and sums to 1 (±0.001); ` +
  "say --kind probabilities, or add --trust-kind if they are logits all the same";

describe("what the rows show for certain is held against what is said of them:", () => {
  it("probabilities that are called logits, by the caller or by their name", async () => {
    const shares = [0.9, 0.1, 0.25, 0.75, 1, 0];
    const both = questioned("scores", "each of its 3 rows lies");
    expect(await kindOrFailure(file("scores", shares), { kind: "logits" })).toBe(both);
    expect(await kindOrFailure(file("logits", shares), {})).toBe(both.replace("scores", "logits"));
    expect(await kindOrFailure(file("probs", shares), { kind: "logits" })).toBe(both.replace("scores", "probs"));
    // To three decimals, as printed.
    expect(await kindOrFailure(file("logits", [0.333, 0.666]), {})).toBe(questioned("logits", "its one row lies"));
  });

  it("each remedy that is named works", async () => {
    const path = file("logits", [0.9, 0.1, 0.25, 0.75]);
    expect(await kindOrFailure(path, { kind: "probabilities" })).toBe("probabilities");
    expect(await kindOrFailure(path, { kind: "logits", trustKind: true })).toBe("logits");
    expect(await kindOrFailure(path, { trustKind: true })).toBe("logits");
  });

  it.each([
    ["a sum is another", [0.9, 0.1, 0.25, 0.8]],
    ["a number is negative", [0.9, 0.1, 1.25, -0.25]],
    ["they are logarithms of probabilities", [Math.log(0.9), Math.log(0.1), Math.log(0.25), Math.log(0.75)]],
    ["a class cannot occur", [0.9, 0.1, 0, -Infinity]],
  ])("logits stay logits where %s in a single row", async (_, values) => {
    expect(await kindOrFailure(file("logits", values), {})).toBe("logits");
  });

  it("logits that are called probabilities", async () => {
    const said = "; if they are logits or log-probabilities, say --kind logits";
    expect(await kindOrFailure(file("scores", [0.5, 0.5, 3, -2]), { kind: "probabilities" })).toBe(
      `scores in FILE must hold probabilities in [0, 1], got 3 at row 1, class 0${said}`,
    );
    const path = file("probs", [-0.25, -1.5]);
    expect(await kindOrFailure(path, {})).toBe(
      `probs in FILE must hold probabilities in [0, 1], got -0.25 at row 0, class 0${said}`,
    );
    expect(await kindOrFailure(path, { kind: "logits" })).toBe("logits");
  });

  it("columns that are called by the other kind are taken for what the caller says", async () => {
    const path = join(folder, "columns.csv");
    writeFileSync(path, "prob_0,prob_1,label\n-1,2,0\n3,1,1\n");
    expect(await kindOrFailure(path, { kind: "logits" })).toBe("logits");
  });

  it("no random logits are questioned, and every softmax is", () => {
    const row = fc.array(fc.float({ noNaN: true, min: -8, max: 8 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 5 }), (rows) => {
        const shape = [rows.length, 3] as const;
        const asked = (data: Float32Array) => () => requireRowsOfKind({ kind: "logits", data, shape }, false, "these");
        const softmax = rows.map((logits) => {
          const exponentials = logits.map((z) => Math.exp(z - Math.max(...logits)));
          const sum = exponentials.reduce((a, b) => a + b, 0);
          return exponentials.map((value) => value / sum);
        });
        expect(asked(Float32Array.from(softmax.flat()))).toThrow("say --kind probabilities");
        const couldPass = rows.every(
          (logits) => logits.every((z) => z >= 0 && z <= 1) && Math.abs(logits[0] + logits[1] + logits[2] - 1) < 2e-3,
        );
        if (!couldPass) expect(asked(Float32Array.from(rows.flat()))).not.toThrow();
      }),
    );
  });
});

describe("columns that nothing is known of", () => {
  const remedy = async (header: string): Promise<string> => {
    const path = join(folder, "columns.csv");
    writeFileSync(path, `${header}\n${header.replaceAll(/[^,]+/g, "1")}\n`);
    const outcome = await readPredictions(path).then(
      () => "read",
      (error: Error) => error.message,
    );
    return outcome.replace(/^.*?; /, "");
  };

  it.each([
    ["p_0,p_1,p_2,label", "p_"],
    ["id,class3,class4,y", "class"],
    ["score.cat,score.dog,label", "score."],
    ["test p0,test p1,label", "test p"],
  ])("%s are offered by the pattern that names them", async (header, beginning) => {
    const pattern = `--predictions '${beginning}*'`;
    expect(await remedy(header)).toBe(`add ${pattern} --kind probabilities, or ${pattern} --kind logits`);
  });

  it.each([
    "c0,c1,class", // c* would take the labels too
    "p'0,p'1,label", // the quote would end the shell's
    "p_0,label",
    "cat,dog,label",
  ])("%s are not, where no pattern would name them", async (header) => {
    expect(await remedy(header)).toBe("name them with --predictions");
  });

  it("one column alone is told what a second class needs", async () => {
    expect(await remedy("prob_0,label")).toBe(
      "a binary classifier has two classes: save 1 − p beside p, or 0 beside the logit",
    );
  });

  it("the pattern that is offered reads them", async () => {
    const path = join(folder, "columns.csv");
    writeFileSync(path, "p_1,p_0,label\n0.25,0.75,0\n0.5,0.5,1\n");
    const { test } = await readPredictions(path, { predictions: "p_*", kind: "probabilities" });
    expect(test.data).toEqual(Float64Array.of(0.75, 0.25, 0.5, 0.5));
  });
});
