import { type RunTrialsOptions, runTrials } from "../../../src/experiment/run-trials.ts";

/* Runs the trials that its argument names, and says so when two have begun to train. */
const { worker, ...order }: Omit<RunTrialsOptions, "worker"> & { readonly worker: string } = JSON.parse(
  process.argv[2],
);
const training = new Set<string>();

await runTrials({
  ...order,
  worker: new URL(worker),
  onEvent: ({ type, trial }) => {
    if (type !== "progress") return;
    training.add(trial.id);
    if (training.size === 2) process.send?.("training");
  },
});
