import type { EpochPoint } from "../results.ts";
import type { TrialProgress } from "../trials.ts";

/** What a trainer told of its way in one line or one call. */
export interface Told {
  readonly progress: TrialProgress;
  /** There when an epoch has ended. */
  readonly point: ToldPoint | null;
}

/** With how many epochs the training has in all, where that was told. */
export type ToldPoint = EpochPoint & { readonly epochs?: number };

/**
 * Reads what a trainer tells on stdout: a line that is one JSON object, its names in snake_case or camelCase.
 *
 *     {"epoch": 3, "epochs": 10, "validation_nll": 0.31, "validation_accuracy": 0.95}
 *     {"step": 120, "total_steps": 1000}
 *
 * A loss that Python writes as NaN or Infinity is one.
 * @returns `null` for every other line.
 */
export function readProgressLine(line: string): Told | null {
  if (!/^\s*\{.*\}\s*$/.test(line)) return null;
  return readTold(parse(line));
}

/**
 * Reads what a trainer tells as an object.
 *
 * @returns `null` unless it has `epoch`, an integer from 1, or `step`, an integer from 0 with its `totalSteps`.
 */
export function readTold(object: unknown): Told | null {
  if (typeof object !== "object" || object === null) return null;
  const told = new Map(Object.entries(object).map(([name, value]) => [camelCase(name), value]));
  const numberOf = (name: string): number | undefined => {
    const value = told.get(name);
    return typeof value === "number" ? value : undefined;
  };
  const countOf = (name: string, least: number): number | undefined => {
    const value = numberOf(name);
    return Number.isInteger(value) && (value as number) >= least ? value : undefined;
  };
  const epoch = countOf("epoch", 1);
  const [step, totalSteps] = [countOf("step", 0), countOf("totalSteps", 1)];
  const hasSteps = step !== undefined && totalSteps !== undefined;
  if (epoch === undefined && !hasSteps) return null;
  const measured = ["trainLoss", "trainFloor", "trainCrossEntropy", "validationNll", "validationAccuracy"] as const;
  const values = Object.fromEntries(measured.map((name) => [name, numberOf(name)]));
  const epochs = countOf("epochs", 1);
  // How far an epoch is of an unknown number cannot be said.
  const way = hasSteps ? { step, totalSteps } : epochs === undefined ? noWay : { step: epoch ?? 0, totalSteps: epochs };
  const hasEnded = epoch !== undefined && (!hasSteps || Object.values(values).some((value) => value !== undefined));
  if (!hasEnded) return { progress: way, point: null };
  const point = {
    epoch,
    ...(epochs !== undefined && { epochs }),
    ...Object.fromEntries(measured.map((name) => [name, finiteOrNull(values[name])])),
  } as ToldPoint;
  const { validationNll, validationAccuracy } = values;
  const isMeasured = validationNll !== undefined || validationAccuracy !== undefined;
  return {
    progress: { ...way, ...(isMeasured && { measures: { epoch, epochs, validationNll, validationAccuracy } }) },
    point,
  };
}

const noWay = { step: 0, totalSteps: 1 };

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** JSON, and the three numbers that JSON has not and Python's json writes all the same. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line.replaceAll(/(:\s*)(NaN|-?Infinity)(?=\s*[,}])/g, '$1{"number":"$2"}'), (_, value) =>
      typeof value === "object" && value !== null && Object.keys(value).join() === "number"
        ? Number(value.number)
        : value,
    );
  } catch {
    return null;
  }
}
