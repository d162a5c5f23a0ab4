import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { EpochPoint, Missing, Results } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import { trainingLoss, validationCurves } from "../../src/report/figures/history.ts";
import { missingSection } from "../../src/report/missing-section.ts";
import { renderReport } from "../../src/report/report.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { type Changes, evidence } from "./support/evidence.ts";

const data: Changes["data"] = {
  name: "the trainer’s data",
  hash: null,
  classes: 3,
  classNames: null,
  trainRows: null,
  validationRows: 700,
  testRows: 50_000,
  testLabelsHash: "cdef".repeat(16),
};
const typed = "python train.py --smoothing {epsilon} --seed {seed} --out '{out}' --note \"<b>&</b>\"";
const untold = { 0: { history: [] }, 0.1: { history: [] } };

function results(arms: Parameters<typeof evidence>[1], changes: Changes, seeds = 6): Results {
  const all = evidence(seeds, arms, changes);
  return { ...all, verdict: verdict(all) };
}

function parsed(html: string): ReturnType<typeof parseHTML>["document"] {
  return parseHTML(html).document;
}

/** Name → what the card under “What was run” says. */
function card(report: Results): Readonly<Record<string, string>> {
  const entries = [...parsed(renderReport(report)).querySelectorAll("#run .card > div")];
  return Object.fromEntries(
    entries.map((entry) => [entry.querySelector("dt")?.textContent, entry.querySelector("dd")?.textContent]),
  );
}

describe("a trainer of its own", () => {
  const command = results(untold, { trainer: { kind: "command", typed }, data, codeVersion: "c0de" });

  test("is shown as it was typed, with the rows that its predictions have, and nothing that nobody knows", () => {
    const { Trainer, Rows, Classes, ...rest } = card(command);
    expect({ Trainer, Rows, Classes }).toEqual({
      Trainer: typed,
      Rows: "700 validation, 50,000 test; how many trained is not known",
      Classes: "3",
    });
    expect(rest["Trainer hash"]).toBe("SHA-256 c0de");
    for (const name of ["Model", "Training", "Label noise", "Data hash", "Code hash"])
      expect(rest).not.toHaveProperty(name);
    expect(parsed(renderReport(command)).querySelector("#run pre code")?.textContent).toBe(typed);
  });

  test("stands in the title by its command's beginning, cut between words", () => {
    const eyebrow = (report: Results): string | undefined =>
      parsed(renderReport(report)).querySelector(".eyebrow")?.textContent?.trim();
    expect(eyebrow(command)).toBe(
      "Does label smoothing help? python train.py --smoothing {epsilon} --seed {seed} --out …, 50,000 test rows of 3 classes, 6 seeds",
    );
    const module = results(untold, { trainer: { kind: "module", typed: "./my-trainer.mjs" }, data });
    expect(eyebrow(module)).toBe("Does label smoothing help? ./my-trainer.mjs, 50,000 test rows of 3 classes, 6 seeds");
    expect(card(module)["Trainer module"]).toBe("./my-trainer.mjs");
  });

  test("leaves no figure without numbers, and no name of a class that nobody gave", () => {
    const document = parsed(renderReport(command));
    expect([...document.querySelectorAll("figure")].map(({ id }) => id)).toEqual([
      "metrics",
      "reliability",
      "confidence",
      "risk-coverage",
    ]);
    expect(document.body.textContent).not.toMatch(/NaN|undefined|\bnull\b/);
  });

  test("is none where predictions were there: nothing is said of training, and the command judges again", () => {
    const given = results(untold, {
      trainer: { kind: "given" },
      data: { ...data, name: "runs/" },
      codeVersion: null,
      run: { trialSeconds: {}, trialsReused: 0 },
      command: "npx softlabel compare --from runs/",
    });
    const { Trainer, Run, ...rest } = card(given);
    expect(Trainer).toBe("none: the predictions were there");
    expect(Run).toBe("2026-03-04 05:06 UTC, 1 min 30 s");
    for (const name of ["Prior u", "Convention", "Trainer hash", "Data hash"]) expect(rest).not.toHaveProperty(name);
    const document = parsed(renderReport(given));
    expect(document.querySelector(".replay")?.textContent).toBe("To judge the same again:");
    expect(document.querySelector("#method")?.textContent).not.toContain("Smoothed label");
  });
});

describe("the run", () => {
  const run = (changes: Partial<Results["run"]>): string | undefined =>
    card(results({ 0.1: {} }, { run: changes })).Run;

  test("says who carried the trials out, unless it was this machine alone", () => {
    expect(run({})).toBe("2026-03-04 05:06 UTC, 1 min 30 s, 2 jobs at a time, 3 trials taken from an earlier run");
    expect(run({ queue: "shard 3/8", trialsReused: 0 })).toBe(
      "2026-03-04 05:06 UTC, 1 min 30 s, shard 3/8, 2 jobs at a time",
    );
    expect(run({ queue: "redis", trialsReused: 1 })).toMatch(
      /, trials handed out by Redis, 1 trial taken from an earlier run$/,
    );
    expect(run({ queue: "postgresql", trialsReused: 0 })).toMatch(/, trials handed out by PostgreSQL$/);
  });

  test("names the machines that shared the trials, where that is known", () => {
    const shared = results({ 0.1: {} }, { run: { machines: { "node-1": 11, "node-2": 1 } } });
    expect(card(shared)["Trials ran on"]).toBe("node-1 11 trials, node-2 1 trial");
    expect(card(results({ 0.1: {} }, {}))).not.toHaveProperty("Trials ran on");
  });
});

describe("a history in parts", () => {
  const point = (epoch: number, told: Partial<EpochPoint>): EpochPoint => ({
    epoch,
    trainLoss: null,
    trainFloor: null,
    trainCrossEntropy: null,
    validationNll: null,
    validationAccuracy: null,
    ...told,
  });
  const twoSeeds = (series: readonly EpochPoint[]) => [series, series.slice(0, 3)];

  test("is drawn as far as it was told: no floor, no accuracy, an arm without any", () => {
    const history = twoSeeds(
      [1, 2, 3, 4].map((epoch) => point(epoch, { trainLoss: 1 / epoch, validationNll: 2 / epoch })),
    );
    const part = results({ 0: { history: [] }, 0.1: { history } }, {}, 2);
    const curves = validationCurves(part);
    expect(curves?.groups.flat().map(({ name }) => name)).toEqual(["validation-nll"]);
    expect(curves?.legend.map(({ label }) => label)).toEqual(["ε = 0.1"]);
    const loss = trainingLoss(part);
    expect([loss?.title, loss?.groups.length]).toEqual(["Training loss", 1]);
    expect(loss?.caption).not.toContain("dotted line");
    const [panel] = loss?.groups.flat() ?? [];
    // The second seed ended after the third epoch: the mean does, too.
    expect(panel?.alt).toBe(
      "Training loss with ε = 0.1, mean over seeds: from 1.000 in the first epoch to 0.333 nats in the last.",
    );
    expect(panel?.svg).not.toMatch(/NaN|undefined|floor/);
  });

  test("may begin at any epoch and leave some out, and a gap is a gap", () => {
    const series = [0, 5, 10, 15].map((epoch) => point(epoch, { validationNll: epoch === 10 ? null : 2 - epoch / 10 }));
    const curves = validationCurves(
      results({ 0: { history: [series, series] }, 0.1: { history: [series, series] } }, {}, 2),
    );
    const [panel] = curves?.groups.flat() ?? [];
    expect(panel?.svg).not.toMatch(/NaN|undefined/);
    const ticks = [...parsed(`<body>${panel?.svg}</body>`).querySelectorAll("text")].map(
      ({ textContent }) => textContent,
    );
    expect(ticks).toEqual(expect.arrayContaining(["0", "5", "10", "15"]));
  });

  test("of one epoch, of nulls alone or of NaN is a point or no figure", () => {
    const one = validationCurves(results({ 0.1: {} }, { epochs: 1 }, 1));
    expect(one?.groups.flat().length).toBe(2);
    for (const value of [null, Number.NaN]) {
      const history = [[point(1, { validationNll: value, trainLoss: value })]];
      const none = results({ 0: { history }, 0.1: { history } }, {}, 1);
      expect([validationCurves(none), trainingLoss(none)]).toEqual([null, null]);
    }
  });
});

describe("trials without a result", () => {
  const log =
    "the trainer ended with exit code 1; it wrote last:\n    \u001b[31mError\u001b[0m <script>x</script>\r\n    \u0007end";
  const missing: readonly Missing[] = [
    { arm: "ε = 0.1", seed: 8, reason: log },
    { arm: "ε = 0", seed: 9, reason: "the trainer was killed by SIGKILL" },
    ...[1, 2, 3].map((seed) => ({ arm: "cosine schedule", seed, reason: log })),
  ];
  const report = results({ 0.1: {} }, { missing });
  const section = parsed(`<body>${missingSection(report)?.html}</body>`);

  test("have a section of their own, with the whole reason of each, a log without colours or markup", () => {
    expect(section.querySelector("p")?.textContent).toBe(
      "5 trials of this experiment have no result. A seed that some arm lacks is compared nowhere; of 8 seeds that " +
        "leaves 6. Without a result on any seed, and therefore left out of every table and figure: “cosine schedule”. " +
        "What is here is judged on the rest.",
    );
    const folded = [...section.querySelectorAll("details")];
    expect(folded.map((one) => one.querySelector("summary")?.textContent)).toEqual([
      "ε = 0.1, seed 8: the trainer ended with exit code 1",
      ...[1, 2, 3].map((seed) => `“cosine schedule”, seed ${seed}: the trainer ended with exit code 1`),
    ]);
    expect(folded.map((one) => one.hasAttribute("open"))).toEqual([true, true, false, false]);
    expect(folded[0]?.querySelector("pre")?.textContent).toBe(
      "the trainer ended with exit code 1; it wrote last:\n    Error <script>x</script>\n    �end",
    );
    expect(section.querySelectorAll("script").length).toBe(0);
    expect(section.querySelector(".missing > p")?.textContent).toBe("ε = 0, seed 9: the trainer was killed by SIGKILL");
  });

  test("are linked from the contents, and are a table beside the others", async () => {
    const document = parsed(renderReport(report));
    expect(document.querySelector(".contents a")?.getAttribute("href")).toBe("#missing");
    expect(document.querySelector("#missing h2")?.textContent).toBe("What is missing");
    const folder = mkdtempSync(join(tmpdir(), "softlabel-report-"));
    try {
      await writeReport(report, folder);
      expect(readdirSync(join(folder, "data"))).toContain("missing.csv");
      const lines = readFileSync(join(folder, "data", "missing.csv"), "utf8").split("\r\n");
      expect(lines[0]).toBe("arm,seed,reason");
      expect(lines[2]).toBe("ε = 0,9,the trainer was killed by SIGKILL");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("that are none have no section", () => {
    expect(missingSection(results({ 0.1: {} }, {}))).toBeNull();
    expect(parsed(renderReport(results({ 0.1: {} }, {}))).querySelector("#missing")).toBeNull();
  });
});
