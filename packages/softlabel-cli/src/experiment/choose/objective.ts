import { ArgumentError } from "softlabel";
import { nearestName } from "../nearest-name.ts";
import type { MetricName } from "../results.ts";
import { metricStyles } from "../verdict-metrics.ts";

/** What ε may be chosen by, as it is typed. */
export const objectiveNames: readonly ["nll-after-temperature", "accuracy", "nll", "ece", "aurc"] = [
  "nll-after-temperature",
  "accuracy",
  "nll",
  "ece",
  "aurc",
];
export type ObjectiveName = (typeof objectiveNames)[number];

/** What ε is chosen by: one metric, or several with weights that sum to 1. */
export interface Objective {
  /** As it would be typed. */
  readonly text: string;
  readonly terms: readonly ObjectiveTerm[];
}

export interface ObjectiveTerm {
  readonly name: ObjectiveName;
  readonly metric: MetricName;
  readonly weight: number;
}

/** One seed's metrics of one arm; all that an objective may ask for are there. */
export type SeedMetrics = Readonly<Partial<Record<MetricName, number>>>;

/**
 * Reads what was typed after `--objective`: a name, or names with weights such as `nll-after-temperature=1,accuracy=0.5`.
 *
 * @returns the terms as typed, their weights divided by their sum; a name without a weight has the weight 1.
 * @throws ArgumentError when a name is unknown or twice there, or a weight is not a number above 0.
 */
export function readObjective(text: string): Objective {
  const parts = text.split(",").map((part) => part.trim().split("="));
  const terms = parts.map(([name = "", weight = "1", ...more]) => {
    if (!isObjectiveName(name)) throw unknownObjective(name);
    const value = more.length === 0 && /^[\d.]+(e[+-]?\d+)?$/i.test(weight) ? Number(weight) : Number.NaN;
    if (!(value > 0 && value < Infinity)) {
      throw new ArgumentError(
        `objective must give ${name} a weight above 0, got "${[weight, ...more].join("=")}"; leave out what is to weigh nothing`,
      );
    }
    return { name, metric: objectives[name].metric, weight: value };
  });
  const twice = terms.find(({ name }, i) => terms.findIndex((term) => term.name === name) < i);
  if (twice !== undefined) throw new ArgumentError(`objective must name each metric once, got ${twice.name} twice`);
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return {
    text: terms.length === 1 ? terms[0].name : terms.map(({ name, weight }) => `${name}=${weight}`).join(","),
    terms: terms.map((term) => ({ ...term, weight: term.weight / total })),
  };
}

/**
 * What an objective makes of every arm and seed: a loss, lower is better.
 *
 *     one metric        m(ε, s), for accuracy the error rate 1 − accuracy
 *     several           Σ w · m(ε, s) / mean over seeds of m(0, s)        Σ w = 1
 *
 * Units differ (nats, shares), so that of several metrics each is taken relative to what it is at ε = 0: there the mean
 * loss is 1, and one per cent less of a metric counts by its weight. Not finite where a metric is not, or where there
 * is nothing to be relative to: a metric that is 0 at ε = 0.
 * @param arms - per arm the metrics of each seed, in one order for all.
 * @param base - the place of ε = 0 among them.
 * @returns per arm the loss of each seed.
 */
export function lossesOf(
  { terms }: Objective,
  arms: readonly (readonly SeedMetrics[])[],
  base: number,
): readonly (readonly number[])[] {
  if (terms.length === 1) return arms.map((seeds) => seeds.map((metrics) => lossOf(terms[0], metrics)));
  const scales = terms.map((term) => {
    const atZero = arms[base].map((metrics) => lossOf(term, metrics));
    return atZero.reduce((sum, loss) => sum + loss, 0) / atZero.length;
  });
  return arms.map((seeds) =>
    seeds.map((metrics) =>
      terms.reduce((sum, term, i) => sum + term.weight * ratio(lossOf(term, metrics), scales[i]), 0),
    ),
  );
}

/** A loss as its reader knows it: of accuracy itself, not the error rate. */
export function valueOfLoss({ terms }: Objective, loss: number): number {
  return terms.length === 1 && isHigherBetter(terms[0].metric) ? 1 - loss : loss;
}

/** `NLL after temperature scaling`, `accuracy`; of several their weighted sum. */
export function objectiveInWords({ terms }: Objective): string {
  if (terms.length === 1) return objectives[terms[0].name].inSentence;
  return `weighted sum of ${terms.map(({ name, weight }) => `${objectives[name].inSentence} (${Number(weight.toPrecision(3))})`).join(" and ")}`;
}

const objectives: Readonly<Record<ObjectiveName, { readonly metric: MetricName; readonly inSentence: string }>> = {
  "nll-after-temperature": { metric: "nllAfterTemperature", inSentence: "NLL after temperature scaling" },
  accuracy: { metric: "accuracy", inSentence: "accuracy" },
  nll: { metric: "nll", inSentence: "NLL" },
  ece: { metric: "ece", inSentence: "ECE" },
  aurc: { metric: "aurc", inSentence: "AURC" },
};

function lossOf({ metric }: ObjectiveTerm, metrics: SeedMetrics): number {
  const value = metrics[metric] ?? Number.NaN;
  return isHigherBetter(metric) ? 1 - value : value;
}

/** Whether more of a metric is good. */
export function isHigherBetter(metric: MetricName): boolean {
  return metricStyles[metric].better === "higher";
}

/** 0/0 is no ratio either. */
function ratio(loss: number, scale: number): number {
  return scale > 0 ? loss / scale : Number.NaN;
}

function isObjectiveName(name: string): name is ObjectiveName {
  return (objectiveNames as readonly string[]).includes(name);
}

function unknownObjective(name: string): ArgumentError {
  const nearest = nearestName(name, objectiveNames);
  const suggestion = nearest === null ? "" : `; did you mean ${nearest}?`;
  return new ArgumentError(
    `objective must be one of ${objectiveNames.join(", ")}, or several with weights such as ` +
      `nll-after-temperature=1,accuracy=0.5, got "${name}"${suggestion}`,
  );
}
