import { z } from "zod";
import type { EpochMeasures, TrialProgress } from "../trials.ts";

/** What a worker tells of a trial under way, as the progress of its job. */
export interface JobProgress {
  readonly step: number;
  readonly totalSteps: number;
  /** Of every epoch so far: who reads may miss some of what is written. */
  readonly measures: readonly EpochMeasures[];
}

const schema: z.ZodType<JobProgress> = z.object({
  step: z.number(),
  totalSteps: z.number().positive(),
  measures: z.array(
    z.object({
      epoch: z.int().min(1),
      validationNll: z.number().optional(),
      validationAccuracy: z.number().optional(),
    }),
  ),
});

/** `null` for a job that has told nothing yet, or what no worker writes. */
export function readJobProgress(progress: unknown): JobProgress | null {
  const read = schema.safeParse(progress);
  return read.success ? read.data : null;
}

/** Gathers what a trial tells into what its job says. */
export function createJobProgress(): (progress: TrialProgress) => JobProgress {
  const measures: EpochMeasures[] = [];
  return ({ step, totalSteps, measures: latest }) => {
    if (latest !== undefined) measures.push(latest);
    return { step, totalSteps, measures };
  };
}
