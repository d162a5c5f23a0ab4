import type { z } from "zod";
import { type Trial, trialId } from "../trials.ts";
import type { QueueFile } from "./queue-file.ts";
import { longestJob, trialJob } from "./trial-schema.ts";

/** A job that is no trial of the experiment in the worker's folder. */
export class RefusedJobError extends Error {
  override readonly name: string = "RefusedJobError";
}

/**
 * The trial of a job, which anyone may have written who reaches the server: nothing of it is believed that the
 * experiment's own folder does not say too.
 *
 * @param experiment - what the folder says.
 * @throws {@link RefusedJobError} naming what is wrong.
 */
export function acceptJob(data: unknown, experiment: QueueFile): Trial {
  const { length } = JSON.stringify(data);
  if (length > longestJob) refuse(`it must be at most ${longestJob} characters long, got ${length}`);
  const read = trialJob.safeParse(data);
  if (!read.success) refuse(describe(read.error.issues[0], data));
  const { token, trial } = read.data;
  if (token !== experiment.token) refuse(`token must be this folder's ${experiment.token}, got ${token}`);
  const ingredients = experiment.ingredients[trial.kind];
  if (ingredients === undefined) refuse(`trial.kind must be one of this experiment's, got ${trial.kind}`);
  if ("data" in trial.config && trial.config.data !== experiment.data) {
    refuse(`trial.config.data must be the experiment's ${experiment.data ?? "MNIST"}, got ${trial.config.data}`);
  }
  const id = trialId(trial.config, ingredients);
  if (trial.id !== id) {
    refuse(
      `trial.id must be ${id}, which follows from its configuration and the experiment's data and code, got ${trial.id}`,
    );
  }
  return trial;
}

function refuse(why: string): never {
  throw new RefusedJobError(`the job is no trial of this experiment: ${why}`);
}

function describe(issue: z.core.$ZodIssue, data: unknown): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") return `${path || "it"} must have no ${issue.keys.join(", ")}`;
  const found = issue.path.reduce<unknown>(
    (inside, key) => (inside as Record<PropertyKey, unknown> | null)?.[key],
    data,
  );
  return `${path || "it"} must be as its schema says (${issue.message}), got ${shortened(found)}`;
}

/** As much as tells what it was: the log of a worker is no place for megabytes. */
function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
