import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fitIsotonic, fitTemperatureScaling, type Predictions } from "softlabel/calibration";
import { beforeAll, describe, expect, test } from "vitest";
import { applyCommand } from "../../src/commands/apply.ts";
import { formatNpz, readNpz } from "../../src/data/npz.ts";

const labels = Int32Array.of(0, 1, 1, 0);
const fitted: Predictions = { data: Float32Array.of(4, 0, 0, 4, 4, 0, 1, 0), shape: [4, 2], kind: "logits" };
const fresh = Float32Array.of(3, 1, 0, 2);

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-apply-"));
  writeFileSync(at("temperature.json"), JSON.stringify(fitTemperatureScaling(labels, fitted)));
  writeFileSync(at("isotonic.json"), JSON.stringify(fitIsotonic(labels, fitted)));
  const freshLabels = { data: Int32Array.of(1, 0), shape: [2] };
  writeFileSync(at("new.npz"), formatNpz({ logits: { data: fresh, shape: [2, 2] }, labels: freshLabels }));
  writeFileSync(at("unlabelled.npz"), formatNpz({ logits: { data: fresh, shape: [2, 2] } }));
  writeFileSync(at("wide.npz"), formatNpz({ logits: { data: new Float32Array(6), shape: [2, 3] } }));
  writeFileSync(at("fitted.npz"), formatNpz({ logits: { data: fitted.data as Float32Array, shape: [4, 2] } }));
  writeFileSync(at("broken.json"), '{"schema": "softlabel/recalibrator/1", "method": "magic"}');
  return () => rmSync(folder, { recursive: true });
});

const apply = (calibrator: string, file: string, ...more: string[]) =>
  applyCommand({ write: () => {} })
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync([at(calibrator), at(file), "-o", at("out.npz"), ...more], { from: "user" });

describe("softlabel apply", () => {
  test("divides logits by the temperature and keeps the labels", async () => {
    await apply("temperature.json", "new.npz");
    const { temperature } = fitTemperatureScaling(labels, fitted).parameters;
    const written = readNpz(at("out.npz"));
    expect(Array.from(written.logits.data as Float64Array)).toEqual(Array.from(fresh, (z) => z / temperature));
    expect(Array.from(written.labels.data as Int32Array)).toEqual([1, 0]);
  });

  test("writes probabilities of other methods, as the library gives them, without labels too", async () => {
    await apply("isotonic.json", "unlabelled.npz");
    const { data } = fitIsotonic(labels, fitted).apply({ data: fresh, shape: [2, 2], kind: "logits" });
    expect(Object.keys(readNpz(at("out.npz")))).toEqual(["probabilities"]);
    expect(readNpz(at("out.npz")).probabilities.data).toEqual(data);
  });

  test("refuses the rows of the fit unless --in-sample allows them", async () => {
    await expect(apply("temperature.json", "fitted.npz")).rejects.toThrow(
      `${at("fitted.npz")} must hold other rows, got the rows that the calibrator was fitted on, where it looks better than it is; --in-sample allows them`,
    );
    await apply("temperature.json", "fitted.npz", "--in-sample");
    expect(readNpz(at("out.npz")).logits.shape).toEqual([4, 2]);
  });

  test("refuses another number of classes, naming the file", async () => {
    await expect(apply("temperature.json", "wide.npz")).rejects.toThrow(
      `${at("wide.npz")}: predictions must have the 2 classes that temperature was fitted on, got 3`,
    );
  });

  test("refuses what is no calibrator", async () => {
    await expect(apply("broken.json", "new.npz")).rejects.toThrow(
      /broken\.json must be a calibrator .* document\.method/,
    );
    await expect(apply("none.json", "new.npz")).rejects.toThrow(/none\.json/);
  });

  test("asks for a name that ends in .npz", async () => {
    const command = applyCommand({ write: () => {} }).exitOverride();
    const words = [at("temperature.json"), at("new.npz"), "-o", "out.csv"];
    await expect(command.parseAsync(words, { from: "user" })).rejects.toThrow('--out must end in .npz, got "out.csv"');
  });

  test("does not write over the file that it reads", async () => {
    const command = applyCommand({ write: () => {} }).exitOverride();
    const before = readFileSync(at("new.npz"));
    const words = [at("temperature.json"), at("new.npz"), "-o", at("new.npz")];
    await expect(command.parseAsync(words, { from: "user" })).rejects.toThrow(
      "--out must be another file than the one",
    );
    expect(readFileSync(at("new.npz")).equals(before)).toBe(true);
  });

  test("makes the folder that --out lies in", async () => {
    const command = applyCommand({ write: () => {} }).exitOverride();
    const out = join(at("new-folder"), "mended.npz");
    await command.parseAsync([at("temperature.json"), at("new.npz"), "-o", out], { from: "user" });
    expect(Object.keys(readNpz(out))).toContain("logits");
  });
});
