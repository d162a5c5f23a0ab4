import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareExperiment } from "../../src/experiment/compare-experiment.ts";
import { type CompareOptions, compareDefaults } from "../../src/experiment/options.ts";
import { localQueue } from "../../src/experiment/queue/local-queue.ts";
import { readArms } from "../../src/experiment/read-arms.ts";
import type { Results, RunCard } from "../../src/experiment/results.ts";
import { type ExperimentPlan, runExperiment } from "../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../src/experiment/trial-store.ts";
import type { Trial } from "../../src/experiment/trials.ts";
import { writeMnistRows } from "./support/mnist-rows.ts";
import { writeJson, writeRun } from "./support/runs.ts";
import { temporaryFolder } from "./support/worker.ts";

const run = { startedAt: "now" } as RunCard;

function trialsOf(plan: ExperimentPlan<Results>): readonly Trial[] {
  const { value } = plan.phases().next();
  return value ?? [];
}

/** A trainer: any file will do, since nothing is run. */
function trained(folder: string, more: Partial<CompareOptions> = {}): CompareOptions {
  return {
    ...compareDefaults,
    seeds: 3,
    trainer: `${process.execPath} train.js {epsilon} {out}`,
    out: folder,
    ...more,
  };
}

/** Makes the trials' folders as if a trainer had filled them. */
function fill(folder: string, trials: readonly Trial[]): void {
  for (const { id, kind, config } of trials) {
    if (kind !== "external") expect.fail("only a trainer's trials are filled");
    writeRun(trialFolder(folder, id), { epsilon: config.labelSmoothing, seed: config.seed });
    writeJson(join(trialFolder(folder, id), "trial.json"), { trial: { id, kind, config } });
  }
}

describe("an experiment with a trainer", () => {
  test("plans every arm with every seed, and tells the trainer all that the arm says and no command", () => {
    const arms = readArms("[{}, { epsilon: 0.1, prior: class-frequencies, parameters: { lr: 0.5 } }]", "trainer");
    const plan = compareExperiment(trained(temporaryFolder(), { arms, seeds: 2 }));
    const plain = { prior: "uniform", convention: "all-classes", parameters: {} };
    expect(trialsOf(plan).map(({ kind, config }) => [kind, config])).toEqual([
      ["external", { ...plain, labelSmoothing: 0, seed: 1 }],
      ["external", { ...plain, labelSmoothing: 0.1, prior: "class-frequencies", seed: 1, parameters: { lr: 0.5 } }],
      ["external", { ...plain, labelSmoothing: 0, seed: 2 }],
      ["external", { ...plain, labelSmoothing: 0.1, prior: "class-frequencies", seed: 2, parameters: { lr: 0.5 } }],
    ]);
    expect(plan.trainer).toMatchObject({ kind: "command" });
    expect(JSON.stringify(trialsOf(plan))).not.toContain("train.js");
  });

  test("another command makes other trials; other names, other seeds and another folder do not", () => {
    const ids = (more: Partial<CompareOptions>): readonly string[] =>
      trialsOf(compareExperiment(trained("there", more))).map(({ id }) => id);
    const before = ids({});
    expect(new Set(before).size).toBe(6);
    expect(
      ids({ trainer: `${process.execPath} train.js {epsilon} {seed} {out}` }).filter((id) => before.includes(id)),
    ).toEqual([]);
    expect(ids({ seeds: 5, out: "elsewhere", jobs: 9 })).toEqual(expect.arrayContaining([...before]));
    expect(ids({ arms: readArms("[{ name: plain }, { name: smooth, epsilon: 0.1 }]", "trainer") })).toEqual(before);
  });

  test("says what was judged, and by which trainer", () => {
    const folder = temporaryFolder();
    const options = trained(folder);
    const plan = compareExperiment(options);
    fill(folder, trialsOf(plan));
    const { experiment, arms, missing } = plan.judge(folder, run, []);
    expect(experiment).toEqual({
      data: {
        ...{ name: "the trainer's data", hash: null, classes: 6, classNames: null, trainRows: null },
        ...{ validationRows: 40, testRows: 60, testLabelsHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      seeds: [1, 2, 3],
      trainer: { kind: "command", typed: options.trainer },
      versions: { softlabel: expect.any(String), "softlabel-cli": expect.any(String) },
      codeVersion: plan.trainer?.hash,
      command: `npx softlabel compare --epsilon 0,0.1 --trainer '${options.trainer}' --prior uniform --convention all-classes --seeds 3`,
    });
    expect(arms.map(({ stillImproving, figures }) => [stillImproving, figures.history, figures.penultimate])).toEqual([
      [null, [], null],
      [null, [], null],
    ]);
    expect(missing).toEqual([]);
  });

  test("a history is taken where every seed of an arm has one", () => {
    const folder = temporaryFolder();
    const plan = compareExperiment(trained(folder));
    const trials = trialsOf(plan);
    fill(folder, trials);
    for (const { id, config } of trials) {
      if (config.seed === 3 && "labelSmoothing" in config && config.labelSmoothing > 0) continue;
      const lines = [0.5, 0.4].map((validationNll, i) => JSON.stringify({ epoch: i + 1, validationNll }));
      writeFileSync(join(trialFolder(folder, id), "history.jsonl"), `${lines.join("\n")}\n`);
    }
    const [base, other] = plan.judge(folder, run, []).arms;
    expect(base.figures.history).toHaveLength(3);
    expect(base.stillImproving).toBe(true);
    expect(other.figures.history).toEqual([]);
    expect(other.stillImproving).toBeNull();
  });

  test("a failed trial is named with its reason, and equals an experiment without its seed", () => {
    const [folder, fewer] = [temporaryFolder(), temporaryFolder()];
    const plan = compareExperiment(trained(folder));
    const trials = trialsOf(plan);
    fill(folder, trials);
    const lost = trials.find(({ config }) => config.seed === 3) as Trial;
    const judged = plan.judge(folder, run, [{ trial: lost, reason: "no memory" }]);
    expect(judged.missing).toEqual([{ arm: "ε = 0", seed: 3, reason: "no memory" }]);
    const shorter = compareExperiment(trained(fewer, { seeds: 2 }));
    fill(fewer, trialsOf(shorter));
    const expected = shorter.judge(fewer, run, []);
    expect(judged.arms).toEqual(expected.arms);
    expect({ ...judged.experiment, command: "" }).toEqual({ ...expected.experiment, command: "" });
  });

  test("its trials judged as given predictions are the same arms, bit for bit", () => {
    const folder = temporaryFolder();
    const arms = readArms(
      "[{}, { epsilon: 0.1, parameters: { lr: 2 } }, { epsilon: 0.3, prior: [0.5, 0.5] }]",
      "trainer",
    );
    const plan = compareExperiment(trained(folder, { arms }));
    fill(folder, trialsOf(plan));
    const given = compareExperiment({ ...compareDefaults, from: [join(folder, "trials")], out: temporaryFolder() });
    expect(trialsOf(given)).toEqual([]);
    const withoutIds = ({ arms: own }: Results) => own.map(({ trials: _, ...arm }) => arm);
    const before = readdirSync(folder, { recursive: true });
    expect(withoutIds(given.judge("nowhere", run, []))).toEqual(withoutIds(plan.judge(folder, run, [])));
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});

describe("an experiment of the laboratory's own training", () => {
  test("an arm's parameters stand in place of the options, and the rest of its trials is the same", () => {
    const data = join(temporaryFolder(), "digits");
    writeMnistRows(data, { train: 120, test: 30 });
    const options: CompareOptions = {
      ...compareDefaults,
      data,
      model: "softmax",
      seeds: 1,
      trainSize: 50,
      validationSize: 50,
    };
    const arms = readArms(
      "[{}, { epsilon: 0.1 }, { epsilon: 0.1, parameters: { epochs: 9, batch-size: 10 } }]",
      "built-in",
    );
    const plan = compareExperiment({ ...options, arms });
    const [base, plain, longer] = trialsOf(plan);
    expect([base, plain]).toEqual(trialsOf(compareExperiment(options)));
    expect(longer.config).toEqual({ ...plain.config, epochs: 9, batchSize: 10 });
    // 50 images are one batch of 128, five of 10.
    expect([base, plain, longer].map(plan.work)).toEqual([5, 5, 45]);
  });
});

describe("predictions that were given", () => {
  test("are a whole experiment: results, report and the command, and nothing is written where they are", async () => {
    const [from, out] = [temporaryFolder(), temporaryFolder()];
    for (const epsilon of [0, 0.1]) {
      for (const seed of [1, 2, 3])
        writeRun(join(from, `eps${epsilon}-s${seed}`), { epsilon, seed, kind: "probabilities" });
    }
    const options = { ...compareDefaults, from: [from], out };
    const queue = localQueue({ worker: new URL("file:///nobody"), jobs: 1 });
    const results = await runExperiment(() => compareExperiment(options), { queue, writeReport: async () => {} });
    expect(results).toMatchObject({ experiment: { seeds: [1, 2, 3], trainer: { kind: "given" } }, missing: [] });
    expect(results.arms.map(({ trials }) => trials.map(({ id }) => id.slice(from.length + 1)))).toEqual([
      ["eps0-s1", "eps0-s2", "eps0-s3"],
      ["eps0.1-s1", "eps0.1-s2", "eps0.1-s3"],
    ]);
    expect(JSON.parse(readFileSync(join(out, "config.resolved.json"), "utf8"))).toEqual({
      command: `npx softlabel compare --from ${from}`,
      from: [from],
    });
    expect(readdirSync(from, { recursive: true })).toHaveLength(12);
  });

  test("as logits and as probabilities give the same, as far as rounding goes", () => {
    const [logits, probabilities] = [temporaryFolder(), temporaryFolder()];
    for (const epsilon of [0, 0.1]) {
      for (const seed of [1, 2]) {
        writeRun(join(logits, `${epsilon}/${seed}`), { epsilon, seed });
        writeRun(join(probabilities, `${epsilon}/${seed}`), { epsilon, seed, kind: "probabilities" });
      }
    }
    const judged = (from: string) =>
      compareExperiment({ ...compareDefaults, from: [from], out: "there" }).judge("", run, []).arms;
    const [one, other] = [judged(logits), judged(probabilities)];
    for (const [at, { metrics }] of one.entries()) {
      for (const [name, summary] of Object.entries(metrics)) {
        const mean = (other[at].metrics as typeof metrics)[name as keyof typeof metrics]?.mean;
        // The temperature is searched to 1e-6 or so.
        expect(mean).toBeCloseTo(Number(summary?.mean), 5);
      }
    }
  });

  test("the order of the folders changes nothing", () => {
    const root = temporaryFolder();
    const folders = [0, 0.1, 0.2].map((epsilon) => {
      for (const seed of [1, 2]) writeRun(join(root, `${epsilon}/${seed}`), { epsilon, seed });
      return join(root, String(epsilon));
    });
    const judged = (from: readonly string[]) => {
      const { command: _, ...experiment } = compareExperiment({ ...compareDefaults, from, out: "there" }).judge(
        "",
        run,
        [],
      ).experiment;
      return {
        experiment,
        arms: compareExperiment({ ...compareDefaults, from, out: "there" }).judge("", run, []).arms,
      };
    };
    expect(judged([...folders].reverse())).toEqual(judged(folders));
    expect(judged([folders[1], folders[0], folders[2]])).toEqual(judged(folders));
  });
});
