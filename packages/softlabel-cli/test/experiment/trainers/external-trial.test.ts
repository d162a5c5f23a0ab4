import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readNpz } from "../../../src/data/npz.ts";
import type { TrialEvent, TrialsOrder, TrialsOutcome } from "../../../src/experiment/queue/trial-queue.ts";
import { runTrials } from "../../../src/experiment/run-trials.ts";
import { openTrainer } from "../../../src/experiment/trainers/open-trainer.ts";
import type { Trainer } from "../../../src/experiment/trainers/trainer.ts";
import { readFinishedTrial, trialFolder } from "../../../src/experiment/trial-store.ts";
import type { ExternalConfig, ExternalTrial } from "../../../src/experiment/trials.ts";
import { buildModule, temporaryFolder } from "../support/worker.ts";
import { commandOf, externalTrialOf, shellOf, writeScript, writeSoundPredictions } from "./support/external.ts";

/* Real processes throughout: a child of this one, and the trainer that it starts. */
const worker = buildModule("fake-worker");

/** A place for trainers, another for the experiment. */
function places(): { readonly folder: string; readonly experiment: string; readonly sound: string } {
  const folder = temporaryFolder();
  return { folder, experiment: temporaryFolder(), sound: writeSoundPredictions(folder) };
}

function run(
  experiment: string,
  trainer: Trainer,
  trials: readonly ExternalTrial[],
  order: Partial<TrialsOrder> = {},
): Promise<TrialsOutcome> {
  return runTrials({ experiment, trials, trainer, jobs: 2, worker, ...order });
}

/** Why the one trial of a trainer failed. */
async function failureOf(experiment: string, trainer: Trainer, config: Partial<ExternalConfig> = {}): Promise<string> {
  const { failed } = await run(experiment, trainer, [externalTrialOf(trainer, config)]);
  expect(failed).toHaveLength(1);
  return failed[0]?.reason as string;
}

const read = (experiment: string, { id }: ExternalTrial, name: string): string =>
  readFileSync(join(trialFolder(experiment, id), name), "utf8");

describe.skipIf(process.platform === "win32")("a command", () => {
  test("is told everything by placeholders, as whole arguments and within them", async () => {
    const { folder, experiment, sound } = places();
    const script = writeScript(folder, "train", `printf '%s\\n' "$@" > "$3/said"; cp ${sound} "$2"`);
    const words = "{epsilon} {out} {dir} seed={seed} {prior}/{convention} {name} {weight-decay} {note} {deep}";
    const trainer = commandOf(`${script} ${words}`, ["weight-decay", "note", "deep"]);
    const parameters = { "weight-decay": 1e-7, note: "a 'b' $(c) {seed}", deep: true };
    const trial = externalTrialOf(trainer, { labelSmoothing: 0.1 + 0.2, seed: 7, parameters });
    expect(await run(experiment, trainer, [trial])).toMatchObject({ finished: [trial], failed: [] });
    const [epsilon, out, dir, ...rest] = read(experiment, trial, "said").trimEnd().split("\n");
    expect(epsilon).toBe("0.30000000000000004");
    expect(out).toBe(join(dir as string, "predictions.npz"));
    expect(dir).toMatch(new RegExp(`^${experiment}/trials/\\.${trial.id}\\.\\d+-\\d+-[0-9a-f]{8}$`));
    expect(rest).toEqual([
      "seed=7",
      "uniform/all-classes",
      "epsilon-0.30000000000000004-weight-decay-1e-7-note-a__b____c___seed_-deep-true-seed-7",
      "1e-7",
      "a 'b' $(c) {seed}",
      "true",
    ]);
  });

  test("is told the same by its environment; a prior of numbers lies in a file of the trial's folder", async () => {
    const { experiment, sound } = places();
    const trainer = shellOf(`env | grep ^SOFTLABEL_ | sort > "$SOFTLABEL_DIR/said" && cp ${sound} "$SOFTLABEL_OUT"`);
    const trial = externalTrialOf(trainer, {
      prior: [0.5, 0.25, 0.25],
      convention: "other-classes",
      parameters: { weightDecay: 0.01 },
    });
    expect(await run(experiment, trainer, [trial])).toMatchObject({ finished: [trial] });
    const said = new Map(
      read(experiment, trial, "said")
        .split("\n")
        .map((line) => line.split(/=(.*)/) as [string, string]),
    );
    const dir = said.get("SOFTLABEL_DIR") as string;
    expect(Object.fromEntries(said)).toMatchObject({
      SOFTLABEL_EPSILON: "0.1",
      SOFTLABEL_SEED: "1",
      SOFTLABEL_OUT: join(dir, "predictions.npz"),
      SOFTLABEL_PRIOR: join(dir, "prior.json"),
      SOFTLABEL_CONVENTION: "other-classes",
      SOFTLABEL_PARAMETERS: '{"weightDecay":0.01}',
      SOFTLABEL_WEIGHT_DECAY: "0.01",
      SOFTLABEL_NAME: "epsilon-0.1-prior-given-convention-other-classes-weightDecay-0.01-seed-1",
    });
    expect(JSON.parse(read(experiment, trial, "prior.json"))).toEqual([0.5, 0.25, 0.25]);
  });

  test("runs where the command line was started, and what it writes is in the trial's log", async () => {
    const { experiment, sound } = places();
    const trainer = shellOf(`pwd; echo oh >&2; cp ${sound} "$SOFTLABEL_OUT"`);
    const trial = externalTrialOf(trainer);
    await run(experiment, trainer, [trial]);
    expect(read(experiment, trial, "log.txt").split("\n").sort()).toEqual(["", process.cwd(), "oh"].sort());
    expect(readdirSync(trialFolder(experiment, trial.id)).sort()).toEqual(["log.txt", "predictions.npz", "trial.json"]);
    expect(Object.keys(readFinishedTrial(experiment, trial.id)?.files ?? {})).toEqual(["log.txt", "predictions.npz"]);
  });

  test("tells its epochs in lines of JSON: progress, measures, and a history where it leaves none", async () => {
    const { experiment, sound } = places();
    const line = (epoch: number): string =>
      `{"epoch": ${epoch}, "epochs": 3, "validation_nll": 0.${epoch}, "validation_accuracy": 0.9}`;
    const lines = [1, 2, 3].map((epoch) => `echo '${line(epoch)}'; echo 'epoch ${epoch} is over'`).join("; ");
    const trainer = shellOf(`${lines}; cp ${sound} "$SOFTLABEL_OUT"`);
    const trial = externalTrialOf(trainer);
    const events: TrialEvent[] = [];
    await run(experiment, trainer, [trial], { onEvent: (event) => events.push(event) });
    expect(events.flatMap((event) => (event.type === "progress" ? [event.progress] : []))).toEqual(
      [1, 2, 3].map((epoch) => ({
        step: epoch,
        totalSteps: 3,
        measures: { epoch, epochs: 3, validationNll: epoch / 10, validationAccuracy: 0.9 },
      })),
    );
    const history = read(experiment, trial, "history.jsonl").trimEnd().split("\n");
    expect(history.map((text) => JSON.parse(text))).toEqual(
      [1, 2, 3].map((epoch) => ({
        epoch,
        epochs: 3,
        trainLoss: null,
        trainFloor: null,
        trainCrossEntropy: null,
        validationNll: epoch / 10,
        validationAccuracy: 0.9,
      })),
    );
    expect(readdirSync(trialFolder(experiment, trial.id))).not.toContain("epochs.jsonl");
  });

  test("keeps the history that it wrote itself", async () => {
    const { experiment, sound } = places();
    const trainer = shellOf(
      `echo '{"epoch": 1}'; echo mine > "$SOFTLABEL_DIR/history.jsonl"; cp ${sound} "$SOFTLABEL_OUT"`,
    );
    const trial = externalTrialOf(trainer);
    await run(experiment, trainer, [trial]);
    expect(read(experiment, trial, "history.jsonl")).toBe("mine\n");
  });

  test("that fails is told by its exit code or signal and the last lines of its log; the others go on", async () => {
    const { experiment, sound } = places();
    const trainer = shellOf(
      `echo 'loading data'; echo '{"epoch": 1}'; [ $SOFTLABEL_SEED = 2 ] && { echo 'ValueError: no such class' >&2; exit 3; }; ` +
        `[ $SOFTLABEL_SEED = 3 ] && kill -9 $$; cp ${sound} "$SOFTLABEL_OUT"`,
    );
    const trials = [1, 2, 3, 4].map((seed) => externalTrialOf(trainer, { seed }));
    const { finished, failed } = await run(experiment, trainer, trials);
    expect(finished.map(({ config }) => config.seed)).toEqual([1, 4]);
    expect(failed.map(({ trial: { config }, reason }) => `${config.seed}: ${reason}`)).toEqual([
      expect.stringMatching(
        /^2: the trainer ended with exit code 3; it wrote last:\n {4}(loading data\n {4}ValueError: no such class|ValueError: no such class\n {4}loading data)$/,
      ),
      "3: the trainer was killed by SIGKILL; it wrote last:\n    loading data",
    ]);
    // Its log stays to be read, and a later run goes on from there.
    const left = `${trialFolder(experiment, trials[1]?.id as string)}.unfinished`;
    expect(readFileSync(join(left, "log.txt"), "utf8")).toContain("ValueError: no such class");
  });

  test("that leaves no predictions is told where to write them, and what it left instead", async () => {
    const { experiment, sound } = places();
    expect(await failureOf(experiment, shellOf("true"))).toBe(
      "the trainer ended without an error and without predictions.npz; write it to {out}, which is also $SOFTLABEL_OUT",
    );
    const elsewhere = shellOf(`mkdir "$SOFTLABEL_DIR/run" && cp ${sound} "$SOFTLABEL_DIR/run/best.npz"`);
    expect(await failureOf(experiment, elsewhere)).toBe(
      "the trainer ended without an error and without predictions.npz; it left run/best.npz there; write to {out}, which is also $SOFTLABEL_OUT",
    );
  });

  test("that leaves something else is told what", async () => {
    const { experiment } = places();
    expect(await failureOf(experiment, shellOf(`echo done; echo logits > "$SOFTLABEL_OUT"`))).toBe(
      "predictions.npz must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (no directory at its end); it wrote last:\n    done",
    );
  });

  test("does not pass with the predictions of an earlier attempt", async () => {
    const { experiment, sound } = places();
    const trainer = shellOf(
      `cd "$SOFTLABEL_DIR"; [ -e tried ] && exit 0; touch tried; cp ${sound} "$SOFTLABEL_OUT"; exit 1`,
    );
    expect(await failureOf(experiment, trainer)).toBe("the trainer ended with exit code 1");
    expect(await failureOf(experiment, trainer)).toMatch(/^the trainer ended without an error and without predictions/);
  });

  test("that has changed since its trials were named is not run", async () => {
    const { folder, experiment, sound } = places();
    const script = writeScript(folder, "train.sh", `cp ${sound} "$1"`);
    const trainer = commandOf(`/bin/sh ${script} {out}`);
    writeFileSync(script, "exit 0");
    expect(await failureOf(experiment, trainer)).toBe(
      `the trainer must stay as it was when the command began, got another ${script}; run the command again`,
    );
  });

  test("is ended with all that it started when it ends, and when its program cannot be started it is said", async () => {
    const { folder, experiment, sound } = places();
    const trainer = shellOf(`sleep 1000 & echo $! > ${folder}/pid; cp ${sound} "$SOFTLABEL_OUT"`);
    const trial = externalTrialOf(trainer);
    expect(await run(experiment, trainer, [trial])).toMatchObject({ finished: [trial] });
    expect(existsSync(`/proc/${readFileSync(join(folder, "pid"), "utf8").trim()}/exe`)).toBe(false);
    const broken = writeScript(folder, "broken", "");
    writeFileSync(broken, "#!/no/such/interpreter\n");
    expect(await failureOf(experiment, commandOf(broken))).toMatch(
      /^the trainer could not be started: spawn .* ENOENT$/,
    );
  });

  test("is asked to end when its trial is stopped, and goes on from its checkpoint and its epochs", async () => {
    const { experiment, sound } = places();
    // Trains until it is told to stop; begun again, it has only its end to do.
    const trainer = shellOf(
      `cd "$SOFTLABEL_DIR"; if [ -e checkpoint ]; then echo '{"epoch": 2, "epochs": 2, "validation_nll": 0.2}'; cp ${sound} "$SOFTLABEL_OUT"; exit; fi; ` +
        `trap 'echo saved > checkpoint; exit 0' TERM; echo '{"epoch": 1, "epochs": 2, "validation_nll": 0.5}'; while :; do sleep 0.01; done`,
    );
    const trial = externalTrialOf(trainer);
    const stopped = await run(experiment, trainer, [trial], {
      shouldStop: (_, { validationNll }) => validationNll === 0.5,
    });
    expect(stopped).toMatchObject({ stopped: [trial], finished: [], failed: [] });
    expect(readdirSync(`${trialFolder(experiment, trial.id)}.unfinished`).sort()).toEqual([
      "checkpoint",
      "epochs.jsonl",
      "log.txt",
    ]);
    const asked: unknown[] = [];
    const finished = await run(experiment, trainer, [trial], {
      shouldStop: (_, measures) => {
        asked.push(measures.validationNll);
        return false;
      },
    });
    expect(finished).toMatchObject({ finished: [trial] });
    expect(asked).toEqual([0.5, 0.2]);
    expect(read(experiment, trial, "history.jsonl").match(/"epoch":\d/g)).toEqual(['"epoch":1', '"epoch":2']);
  });
});

describe("a module", () => {
  function moduleOf(folder: string, text: string): Trainer {
    const typed = join(folder, "my-trainer.mjs");
    writeFileSync(typed, text);
    return openTrainer({ typed, shell: false, files: [], parameters: [] });
  }

  const returned = `{
    validation: { logits: [[1, 2], [3, 4], [5, 6.5]], labels: [0, 1, 1] },
    test: { logits: { data: Float32Array.of(0.5, 0.5, 0.25, 0.75), shape: [2, 2] }, labels: Uint8Array.of(1, 0) },
  }`;

  test("is told everything, and what it returns becomes the file", async () => {
    const { folder, experiment } = places();
    const trainer = moduleOf(
      folder,
      `import { writeFileSync } from "node:fs";
      export async function train({ onProgress, signal, ...rest }) {
        writeFileSync(rest.dir + "/said.json", JSON.stringify({ ...rest, aborted: signal.aborted }));
        console.log("training");
        onProgress({ step: 1, totalSteps: 4 });
        onProgress({ epoch: 1, epochs: 2, validationNll: 0.5 });
        onProgress({ nothing: 1 });
        onProgress({ epoch: 2, epochs: 2, validationNll: NaN });
        setInterval(() => {}, 1000);
        return ${returned};
      }`,
    );
    const parameters = { depth: 3, head: "linear" };
    const trial = externalTrialOf(trainer, { prior: [0.25, 0.75], parameters });
    const events: TrialEvent[] = [];
    const outcome = await run(experiment, trainer, [trial], { onEvent: (event) => events.push(event) });
    expect(outcome).toMatchObject({ finished: [trial], failed: [] });
    expect(JSON.parse(read(experiment, trial, "said.json"))).toEqual({
      epsilon: 0.1,
      seed: 1,
      prior: [0.25, 0.75],
      convention: "all-classes",
      parameters,
      name: "epsilon-0.1-prior-given-depth-3-head-linear-seed-1",
      dir: expect.stringContaining(trial.id),
      out: expect.stringMatching(/predictions\.npz$/),
      aborted: false,
    });
    expect(
      events.flatMap((event) => (event.type === "progress" ? [event.progress.measures?.validationNll] : [])),
    ).toEqual([undefined, 0.5, Number.NaN]);
    expect(read(experiment, trial, "log.txt")).toBe("training\n");
    expect(read(experiment, trial, "history.jsonl")).toContain('"epoch":2');
    const arrays = readNpz(join(trialFolder(experiment, trial.id), "predictions.npz"));
    expect(Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]))).toEqual({
      val_logits: [3, 2],
      val_labels: [3],
      test_logits: [2, 2],
      test_labels: [2],
    });
    expect([...(arrays.val_logits?.data ?? [])]).toEqual([1, 2, 3, 4, 5, 6.5]);
  });

  test("may write the file itself", async () => {
    const { folder, experiment, sound } = places();
    const text = `import { copyFileSync } from "node:fs";
      export const train = async ({ out }) => copyFileSync(${JSON.stringify(sound)}, out);`;
    const trainer = moduleOf(folder, text);
    const trial = externalTrialOf(trainer);
    expect(await run(experiment, trainer, [trial])).toMatchObject({ finished: [trial] });
  });

  const part = "{ logits: [[1, 2]], labels: [0] }";
  test.each<[string, string, string | RegExp]>([
    [
      "exports something else",
      "export const trian = () => {};",
      "the trainer failed: the module must export a function train, got trian; did you mean trian to be train?",
    ],
    [
      "exports it as default",
      "export default () => {};",
      "the trainer failed: the module must export a function train, got default; did you mean default to be train?",
    ],
    [
      "exports no function",
      "export const train = 3;",
      "the trainer failed: the module must export a function train, got train, a number",
    ],
    [
      "throws",
      `const rows = null;\nexport const train = () => rows.length;`,
      /^the trainer failed: Cannot read properties of null \(reading 'length'\)\n\s+at train \(file:\/\/.*\/my-trainer\.mjs:2:33\)$/,
    ],
    ["cannot be read", "export const train = ", /^the trainer failed: Unexpected end of input$/],
    [
      "imports what is not there",
      `import "no-such-package"; export const train = () => {};`,
      /^the trainer failed: Cannot find package 'no-such-package'/,
    ],
    [
      "returns something else",
      `export const train = () => ({ validation: { logits: [[1, 2]] }, test: 3 });`,
      "the trainer failed: train must return { validation: { logits, labels }, test: { logits, labels } }, or write the file itself and return nothing; got { validation: { logits }, test }",
    ],
    [
      "returns rows of different lengths",
      `export const train = () => ({ validation: ${part}, test: { logits: [[1, 2], [3]], labels: [0, 1] } });`,
      "the trainer failed: test.logits must have rows of one length, got 1 at row 1 after 2",
    ],
    [
      "returns flat numbers",
      `export const train = () => ({ validation: { logits: Float32Array.of(1, 2), labels: [0] }, test: ${part} });`,
      "the trainer failed: validation.logits must be nested arrays, or { data, shape } when it is flat, got 2 numbers alone",
    ],
    [
      "returns numbers of another shape",
      `export const train = () => ({ validation: { logits: { data: [1, 2, 3], shape: [1, 2] }, labels: [0] }, test: ${part} });`,
      "the trainer failed: shape [1, 2] must be that of its data, got 3 numbers",
    ],
    [
      "returns wrong labels",
      `export const train = () => ({ validation: ${part}, test: { logits: [[1, 2]], labels: [2] } });`,
      "test_labels in predictions.npz must hold integers in [0, 2), got 2 at row 0; if labels start at 1, subtract 1",
    ],
    [
      "ends the process",
      `export const train = () => { console.log("bye"); process.exit(0); };`,
      "the trainer ended without an error and without predictions.npz; write it to {out}, which is also $SOFTLABEL_OUT; it wrote last:\n    bye",
    ],
    [
      "breaks in what nobody waits for",
      `export const train = () => new Promise(() => setTimeout(() => { throw new Error("later"); }));`,
      /^the trainer ended with exit code 1; it wrote last:\n[\s\S]*Error: later/,
    ],
  ])("that %s is told what was wrong", async (_, text, message) => {
    const { folder, experiment } = places();
    const reason = await failureOf(experiment, moduleOf(folder, text));
    if (typeof message === "string") expect(reason.split(/\n\s+at /)[0]).toBe(message);
    else expect(reason).toMatch(message);
  });

  test("hears in its signal that it is to stop, and leaves what it goes on from", async () => {
    const { folder, experiment } = places();
    const trainer = moduleOf(
      folder,
      `import { writeFileSync } from "node:fs";
      export const train = ({ dir, signal, onProgress }) => new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => { writeFileSync(dir + "/checkpoint", "saved"); reject(signal.reason); });
        onProgress({ epoch: 1, validationNll: 0.5 });
        setInterval(() => {}, 1000);
      });`,
    );
    const trial = externalTrialOf(trainer);
    const outcome = await run(experiment, trainer, [trial], { shouldStop: () => true });
    expect(outcome).toMatchObject({ stopped: [trial], failed: [] });
    expect(readFileSync(join(`${trialFolder(experiment, trial.id)}.unfinished`, "checkpoint"), "utf8")).toBe("saved");
  });
});
