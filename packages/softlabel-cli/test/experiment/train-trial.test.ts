import { readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { trainTrial } from "../../src/experiment/train-trial.ts";
import type { TrialProgress } from "../../src/experiment/trials.ts";
import { temporaryFolder, tinyConfig, writeTinyDataset } from "../training/support/tiny-dataset.ts";

let data: string;
beforeAll(() => {
  data = writeTinyDataset(temporaryFolder());
});

test("a trial tells what it measured after each epoch, and stops there when it is told to, to go on later", async () => {
  const folder = temporaryFolder();
  const config = tinyConfig(data, { epochs: 3 });
  const stop = new AbortController();
  const place = { folder, experiment: folder, trainer: null };
  const measured = (told: readonly TrialProgress[]) => told.flatMap(({ measures }) => measures ?? []);

  const first: TrialProgress[] = [];
  const onProgress = (progress: TrialProgress): void => {
    first.push(progress);
    if (progress.measures?.epoch === 2) stop.abort(new Error("two are enough"));
  };
  await expect(trainTrial(config, { ...place, onProgress, signal: stop.signal })).rejects.toThrow("two are enough");
  expect(readdirSync(folder)).toContain("checkpoint.npz");
  expect(measured(first).map(({ epoch }) => epoch)).toEqual([1, 2]);

  const second: TrialProgress[] = [];
  const { signal } = new AbortController();
  await trainTrial(config, { ...place, onProgress: (progress) => second.push(progress), signal });
  expect(measured(second).slice(0, 2)).toEqual(measured(first));
  expect(second.slice(0, 2).map(({ step, totalSteps }) => step / totalSteps)).toEqual([1 / 3, 2 / 3]);
  for (const { validationNll, validationAccuracy } of measured(second)) {
    expect(validationNll).toBeGreaterThan(0);
    expect(validationAccuracy).toBeGreaterThan(0);
  }
  expect(measured(second)).toHaveLength(3);
});

test("a trial without validation rows tells how far it is, and measures nothing", async () => {
  const folder = temporaryFolder();
  const told: TrialProgress[] = [];
  await trainTrial(tinyConfig(data, { epochs: 2, validationSize: 0 }), {
    folder,
    experiment: folder,
    trainer: null,
    onProgress: (progress) => told.push(progress),
    signal: new AbortController().signal,
  });
  expect(told.at(-1)).toEqual({ step: 2, totalSteps: 2 });
  expect(told.filter(({ measures }) => measures !== undefined)).toEqual([]);
});
