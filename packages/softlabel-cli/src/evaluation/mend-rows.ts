import type { FollowOptions, RowScores } from "softlabel/calibration";
import type { EvaluatedArm } from "./evaluation.ts";
import { drawShare, emptyScores, type LabelledRows, scoreMended, takeRows } from "./judged-rows.ts";
import {
  type Fitted,
  fitForOthers,
  fitMethod,
  type RecalibrationMethod,
  searchRemarks,
} from "./recalibration-methods.ts";

/** The rows to judge, and where recalibrators are fitted. */
export interface FittingPlan {
  readonly judged: LabelledRows;
  /** The numbers of the judged rows among those that were read. */
  readonly rows: Uint32Array;
  /** null: each half of the judged rows is mended by what the other half was fitted to. */
  readonly fitting: LabelledRows | null;
  readonly fittedOn: EvaluatedArm["source"]["fittedOn"];
}

/**
 * Decides on what to fit: rows that were given for it, else a share of the rows, else each half for the other.
 *
 * @param given - rows for fitting with where they are from; null where there are none.
 * @param split - the share to fit on; null for halves.
 */
export function planFitting(
  read: LabelledRows,
  given: { readonly rows: LabelledRows; readonly what: "file" | "validation rows" } | null,
  split: number | null,
  seed: number,
): FittingPlan {
  const all = Uint32Array.from({ length: read.shape[0] }, (_, row) => row);
  if (given !== null) {
    const fittedOn = { what: given.what, rows: given.rows.shape[0] };
    return { judged: read, rows: all, fitting: given.rows, fittedOn };
  }
  if (split === null) {
    const fittedOn = { what: "halves", rows: read.shape[0] } as const;
    return { judged: read, rows: all, fitting: null, fittedOn };
  }
  const { taken, left } = drawShare(read.labels, split, seed);
  const fittedOn = { what: "split", rows: taken.length } as const;
  return { judged: takeRows(read, left), rows: left, fitting: takeRows(read, taken), fittedOn };
}

/** A recalibrator for use, with the scores of the judged rows after one that was not fitted on them. */
export interface Mended {
  readonly method: RecalibrationMethod;
  readonly fitted: Fitted;
  readonly scores: RowScores;
}

/** Fits a method by the plan and scores the judged rows after it. */
export function mendRows(
  plan: FittingPlan,
  method: RecalibrationMethod,
  level: number,
  seed: number,
  follow: FollowOptions = {},
): Mended {
  const { judged, fitting } = plan;
  if (fitting !== null) {
    const fitted = fitMethod(method, fitting.labels, fitting, level, follow);
    return { method, fitted, scores: scoreMended(judged, fitted.recalibrator) };
  }
  const { taken, left } = drawShare(judged.labels, 0.5, seed);
  const scores = emptyScores(judged.shape[0]);
  const remarks: string[] = [];
  const room = judged.data.slice(0, Math.max(taken.length, left.length) * judged.shape[1]);
  for (const [fitRows, heldRows] of [
    [taken, left],
    [left, taken],
  ] as const) {
    const part = takeRows(judged, fitRows, room);
    const forOthers = fitForOthers(method, part.labels, part, follow);
    remarks.push(...searchRemarks(forOthers, " on half of the rows"));
    scoreMended(judged, forOthers, scores, heldRows);
  }
  const fitted = fitMethod(method, judged.labels, judged, level, follow);
  return { method, fitted: { ...fitted, remarks: [...fitted.remarks, ...new Set(remarks)] }, scores };
}
