import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { serveTrials, type TrialRunners } from "../../../src/experiment/serve-trials.ts";
import { externalTrial } from "../../../src/experiment/trainers/external-trial.ts";
import { trialFolder } from "../../../src/experiment/trial-store.ts";

/*
 * A child process whose own trials take milliseconds: what is tested with it is who trains what, when and how often,
 * never what training gives. The name of the model says how it behaves. Trainers are carried out as ever.
 */
const steps = 20;

const train: TrialRunners["train"] = async (config, { folder, onProgress, signal }) => {
  if (config.data !== null) appendFileSync(config.data, `${config.seed} ${config.labelSmoothing} ${process.pid}\n`);
  for (let step = 1; step <= steps; step++) {
    await setImmediate();
    signal.throwIfAborted();
    const progress = { step, totalSteps: steps, trainLoss: Number.NaN };
    onProgress(progress);
    if (config.model === "measures" && step % 5 === 0) {
      const epoch = step / 5;
      writeFileSync(join(folder, "checkpoint.npz"), `after epoch ${epoch}`);
      onProgress({ ...progress, measures: { epoch, validationNll: config.labelSmoothing, validationAccuracy: 0.5 } });
      // Until it is told to stop.
      if (config.labelSmoothing > 0 && epoch === 2) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
    }
    if (config.model === "dies" && config.seed === 2 && step === 5) {
      console.error("memory access out of bounds");
      process.kill(process.pid, "SIGKILL");
    }
    if (config.model === "throws" && config.seed === 2 && step === 5) throw new Error("the loss is NaN at step 5");
    // Never ends, coming back to the event loop and not.
    if (config.model === "waits" && step === 5) await new Promise(() => setInterval(() => {}, 1_000));
    if (config.model === "hangs" && step === 5) for (;;) onProgress(progress);
  }
  for (const name of ["predictions.npz", "history.jsonl", "penultimate.npz"]) {
    if (config.model === "forgets" && name === "history.jsonl") continue;
    writeFileSync(join(folder, name), `${name} of seed ${config.seed}, ε = ${config.labelSmoothing}`);
  }
};

/** What these leave says what they were given. */
const craft: TrialRunners["craft"] = async ({ source }, { folder, experiment }) => {
  const model = readFileSync(join(trialFolder(experiment, source), "predictions.npz"), "utf8");
  writeFileSync(join(folder, "crafted.npz"), `images made on ${model}`);
};
const attack: TrialRunners["attack"] = async ({ target, crafted }, { folder, experiment }) => {
  const images = readFileSync(join(trialFolder(experiment, crafted), "crafted.npz"), "utf8");
  const model = readFileSync(join(trialFolder(experiment, target.trial), "predictions.npz"), "utf8");
  writeFileSync(join(folder, "attacks.json"), `${model} under ${images}`);
  writeFileSync(join(folder, "attacked.npz"), "");
};

serveTrials({ train, external: externalTrial, craft, attack });
