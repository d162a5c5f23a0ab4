import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fitTemperatureScaling } from "softlabel/calibration";
import { afterAll, describe, expect, it } from "vitest";
import { applyCommand } from "../../src/commands/apply.ts";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { evaluateCommand } from "../../src/commands/evaluate.ts";
import { formatNpz, readNpz } from "../../src/data/npz.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-trust-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows that sum to 1, called logits. */
const path = join(folder, "logits.npz");
const data = Float32Array.of(0.9, 0.1, 0.25, 0.75, 0.6, 0.4, 0.3, 0.7);
const labels = { data: Int32Array.of(0, 1, 1, 0), shape: [4] };
writeFileSync(path, formatNpz({ logits: { data, shape: [4, 2] }, labels }));

async function evaluate(...words: string[]): Promise<string> {
  let text = "";
  const command = evaluateCommand({ write: (more) => (text += more) }, { write: () => {} });
  await command.exitOverride().parseAsync([path, "--resamples", "0", "--json", ...words], { from: "user" });
  return text;
}

describe("--trust-kind", () => {
  it("is what evaluate asks for, and takes", async () => {
    let refusal = "";
    const code = await runCommandLine(["evaluate", path], { write: (more) => (refusal += more) });
    expect(code).toBe(2);
    expect(refusal).toMatch(/logits in .*logits\.npz must hold logits.*--kind probabilities, or add --trust-kind/);
    const trusted = JSON.parse(await evaluate("--trust-kind"));
    const said = JSON.parse(await evaluate("--kind", "probabilities"));
    expect(trusted.metrics.accuracy.value).toBe(0.5);
    expect(trusted.metrics.nll.value).not.toBe(said.metrics.nll.value);
  });

  it("is what apply asks for, and takes", async () => {
    const calibrator = join(folder, "calibrator-temperature.json");
    const fitted = { data: [2, 0, 0, 1, 1, 0], shape: [3, 2], kind: "logits" } as const;
    const scaling = fitTemperatureScaling([0, 1, 1], fitted);
    writeFileSync(calibrator, JSON.stringify(scaling));
    const out = join(folder, "mended.npz");
    const words = ["apply", calibrator, path, "--out", out];
    let refusal = "";
    expect(await runCommandLine(words, { write: (more) => (refusal += more) })).toBe(2);
    expect(refusal).toContain("add --trust-kind if they are logits all the same");
    await applyCommand({ write: () => {} })
      .exitOverride()
      .parseAsync([...words.slice(1), "--trust-kind"], { from: "user" });
    expect(readNpz(out).logits?.data[0]).toBe(data[0] / scaling.parameters.temperature);
  });
});
