import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNpz, type NpyArray, readNpz } from "../data/npz.ts";
import type { Model } from "../models/parameters.ts";
import type { Optimizer } from "./optimizer.ts";
import { anotherRun } from "./outputs.ts";
import type { EpochRecord } from "./run.ts";

/** Where a run is after a whole epoch; nothing else decides how it goes on. */
const fileName = "checkpoint.npz";

/**
 * Leaves a run's state in its folder, in one file that is renamed into place: whenever the process dies, the folder
 * holds one whole checkpoint, the new or the one before.
 */
export function saveCheckpoint(
  folder: string,
  identity: string,
  model: Model,
  optimizer: Optimizer,
  history: readonly EpochRecord[],
): void {
  const path = join(folder, fileName);
  const temporary = `${path}.unfinished`;
  const floats = (values: Float32Array): NpyArray => ({ data: values, shape: [values.length] });
  const arrays = [
    ["identity", text(identity)],
    ["history", text(JSON.stringify(history))],
    ["steps", { data: Float64Array.of(optimizer.steps), shape: [1] }],
    ...model.parameters.map(({ values }, i) => [`parameter_${i}`, floats(values)]),
    ...optimizer.state.map((values, i) => [`optimizer_${i}`, floats(values)]),
  ];
  writeFileSync(temporary, formatNpz(Object.fromEntries(arrays)));
  renameSync(temporary, path);
}

/**
 * Takes up a run where its checkpoint left it: changes the model and the optimizer in place.
 *
 * @param identity - what the run is; the checkpoint must be of the same.
 * @returns the epochs done, in order; none when there is no checkpoint.
 * @throws ArgumentError when the folder's checkpoint is of another run.
 */
export function loadCheckpoint(folder: string, identity: string, model: Model, optimizer: Optimizer): EpochRecord[] {
  const path = join(folder, fileName);
  if (!existsSync(path)) return [];
  const arrays: Readonly<Record<string, NpyArray>> = readNpz(path);
  if (string(arrays.identity) !== identity) throw anotherRun(folder, "stopped");
  optimizer.steps = Number(arrays.steps.data[0]);
  for (const [i, { values }] of model.parameters.entries()) values.set(arrays[`parameter_${i}`].data as Float32Array);
  for (const [i, values] of optimizer.state.entries()) values.set(arrays[`optimizer_${i}`].data as Float32Array);
  return JSON.parse(string(arrays.history));
}

/** What a finished run does not need. */
export function removeCheckpoint(folder: string): void {
  rmSync(join(folder, fileName), { force: true });
}

function text(content: string): NpyArray {
  const data = new TextEncoder().encode(content);
  return { data, shape: [data.length] };
}

function string({ data }: NpyArray): string {
  return new TextDecoder().decode(data as Uint8Array);
}
