import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { predictionsName } from "../read-trial.ts";
import type { ExternalConfig } from "../trials.ts";
import { variableName } from "./placeholders.ts";
import type { TrainRequest } from "./train-function.ts";

/** What a trainer is told as data; a module is given a voice and a signal beside it. */
export type TrialRequest = Omit<TrainRequest, "onProgress" | "signal">;

/** What a trainer is told of one trial. */
export function trialRequest(config: ExternalConfig, folder: string): TrialRequest {
  const { labelSmoothing: epsilon, prior, convention, seed, parameters } = config;
  const dir = resolve(folder);
  return { epsilon, seed, prior, convention, parameters, name: nameOf(config), dir, out: join(dir, predictionsName) };
}

/** The text of each placeholder by name; a number in the fewest digits that read back as the same. */
export function placeholderTexts(request: TrialRequest): Readonly<Record<string, string>> {
  const { epsilon, seed, out, dir, prior, convention, name, parameters } = request;
  const own = { epsilon, seed, out, dir, prior: typeof prior === "string" ? prior : priorFile(dir), convention, name };
  return Object.fromEntries(Object.entries({ ...parameters, ...own }).map(([key, value]) => [key, String(value)]));
}

/** The same as environment variables, and all parameters at once as JSON. */
export function environmentOf(request: TrialRequest): Readonly<Record<string, string>> {
  const texts = Object.entries(placeholderTexts(request)).map(([name, text]) => [variableName(name), text]);
  return { ...Object.fromEntries(texts), SOFTLABEL_PARAMETERS: JSON.stringify(request.parameters) };
}

/** Leaves a prior of numbers in a file of the trial's folder, for programs: a list of 1,000 is no argument. */
export function writePrior({ prior, dir }: TrialRequest): void {
  if (typeof prior !== "string") writeFileSync(priorFile(dir), `${JSON.stringify(prior)}\n`);
}

function priorFile(dir: string): string {
  return join(dir, "prior.json");
}

/** `epsilon-0.1-weight-decay-0.01-seed-3`. */
function nameOf({ labelSmoothing, prior, convention, seed, parameters }: ExternalConfig): string {
  const parts = [
    ["epsilon", labelSmoothing],
    ...(prior === "uniform" ? [] : [["prior", typeof prior === "string" ? prior : "given"]]),
    ...(convention === "all-classes" ? [] : [["convention", convention]]),
    ...Object.entries(parameters),
    ["seed", seed],
  ];
  return parts
    .flat()
    .map((part) => String(part).replaceAll(/[^\w.+-]/g, "_"))
    .join("-");
}
