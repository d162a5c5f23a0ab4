import { existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { predictionsName } from "../read-trial.ts";
import type { Workplace } from "../serve-trials.ts";
import type { ExternalConfig } from "../trials.ts";
import { keepEpoch, toldEpochs, writeHistory } from "./epoch-history.ts";
import type { ModuleNews, ModuleOrder } from "./module-host.ts";
import { substitute } from "./placeholders.ts";
import { readProgressLine, readTold, type Told } from "./progress-lines.ts";
import { requirePredictions } from "./require-predictions.ts";
import { type ProcessEnd, type ProcessToRun, runProcess } from "./run-process.ts";
import type { CommandTrainer, ModuleTrainer } from "./trainer.ts";
import { requireSameFiles } from "./trainer-files.ts";
import { environmentOf, placeholderTexts, type TrialRequest, trialRequest, writePrior } from "./trial-request.ts";

/**
 * Has a trainer carry out one trial in a process of its own and checks the predictions that it left.
 *
 * The working directory is this process's. A trial that goes on from where another process left it finds its folder as it
 * was, but for predictions, which must be new.
 * @throws Error in one sentence, with the last lines of the trainer's log, when it fails or leaves nothing that can be
 * judged; the signal's reason when that stops it.
 */
export async function externalTrial(config: ExternalConfig, place: Workplace): Promise<void> {
  const { trainer, folder, signal } = place;
  if (trainer === null) throw new Error("a trial of the kind external must come with a trainer, got none");
  requireSameFiles(trainer);
  const request = trialRequest(config, folder);
  rmSync(request.out, { force: true });
  writePrior(request);
  const tell = ({ progress, point }: Told): void => {
    if (point !== null) keepEpoch(folder, point);
    place.onProgress(progress);
  };
  // Who listens now may not have heard them.
  for (const point of toldEpochs(folder)) {
    const told = readTold(point);
    if (told?.progress.measures !== undefined) place.onProgress(told.progress);
  }
  const shared = {
    environment: environmentOf(request),
    folder,
    signal,
    onLine: (line: string): boolean => {
      const told = readProgressLine(line);
      if (told !== null) tell(told);
      return told !== null;
    },
  };
  const { end, failure } = await (trainer.kind === "command"
    ? runCommand(trainer, request, shared)
    : runModule(trainer, request, shared, tell));
  if (failure !== null) throw new Error(withLastLines(`the trainer failed: ${failure}`, end));
  requireSuccess(end);
  requireFile(request, end);
  try {
    requirePredictions(request.out);
  } catch (error) {
    throw new Error(withLastLines((error as Error).message.replaceAll(request.out, predictionsName), end));
  }
  writeHistory(folder);
}

type Shared = Pick<ProcessToRun, "environment" | "folder" | "signal" | "onLine">;

interface Ended {
  readonly end: ProcessEnd;
  /** What a module said before it ended. */
  readonly failure: string | null;
}

async function runCommand({ words, shell }: CommandTrainer, request: TrialRequest, shared: Shared): Promise<Ended> {
  const texts = placeholderTexts(request);
  const [program, ...args] = shell ? ["/bin/sh", "-c", words[0]] : words.map((word) => substitute(word, texts));
  // Python keeps what it prints to a pipe until the end, and with it how far it is.
  const environment = { PYTHONUNBUFFERED: "1", ...shared.environment };
  return { end: await runProcess({ ...shared, environment, program, args }), failure: null };
}

async function runModule(
  { path }: ModuleTrainer,
  request: TrialRequest,
  shared: Shared,
  tell: (told: Told) => void,
): Promise<Ended> {
  let failure: string | null = null;
  const onMessage = (sent: unknown): void => {
    const news = sent as ModuleNews;
    if ("failure" in news) failure = news.failure;
    const told = "told" in news ? readTold(news.told) : null;
    if (told !== null) tell(told);
  };
  const message: ModuleOrder = { module: path, request };
  const host = fileURLToPath(new URL("./module-host.js", import.meta.url));
  const channel = { message, onMessage };
  const end = await runProcess({ ...shared, program: process.execPath, args: [host], channel });
  return { end, failure };
}

function requireSuccess(end: ProcessEnd): void {
  if (end.killedBy !== null) throw new Error(withLastLines(`the trainer was killed by ${end.killedBy}`, end));
  if (end.code !== 0) throw new Error(withLastLines(`the trainer ended with exit code ${end.code}`, end));
}

function requireFile({ out, dir }: TrialRequest, end: ProcessEnd): void {
  if (existsSync(out)) return;
  const others = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".npz"));
  const remedy =
    others.length === 0
      ? "write it to {out}, which is also $SOFTLABEL_OUT"
      : `it left ${others.slice(0, 3).join(", ")} there; write to {out}, which is also $SOFTLABEL_OUT`;
  throw new Error(withLastLines(`the trainer ended without an error and without ${predictionsName}; ${remedy}`, end));
}

function withLastLines(sentence: string, { lastLines }: ProcessEnd): string {
  if (lastLines.length === 0) return sentence;
  return `${sentence}; it wrote last:\n${lastLines.map((line) => `    ${line}`).join("\n")}`;
}
