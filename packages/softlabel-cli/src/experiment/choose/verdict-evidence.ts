import type { MetricName } from "../results.ts";
import { formatEpsilon, formatNumber, formatValue, metricStyles } from "../verdict-metrics.ts";
import { inWords, sentenceDecimals } from "../verdict-wording.ts";
import { objectiveInWords, readObjective } from "./objective.ts";
import type { ChooseArm, ChooseResults, Chosen, TestArm } from "./results.ts";

/** The numbers that a verdict on a choice is given on. */
export type ChooseEvidence = Omit<ChooseResults, "verdict" | "chosen"> & { readonly chosen: Omit<Chosen, "why"> };

export function seedCount({ experiment }: ChooseEvidence): number {
  return experiment.seeds.length;
}

/** The arm with this ε, which is there. */
function armAt({ arms }: Pick<ChooseEvidence, "arms">, epsilon: number): ChooseArm {
  return arms.find((arm) => arm.epsilon === epsilon) as ChooseArm;
}

/** ε = 0 on the test rows, and the chosen ε where it is another. */
export function finalists({ test, chosen }: ChooseEvidence): readonly [zero: TestArm, chosen: TestArm | null] {
  const [zero, other] = test.arms;
  return [zero as TestArm, chosen.epsilon === 0 ? null : (other as TestArm)];
}

/** The one metric that ε is chosen by; `null` for a weighted sum. */
export function objectiveMetric({ experiment }: Pick<ChooseEvidence, "experiment">): MetricName | null {
  const { terms } = experiment.objective;
  return terms.length === 1 ? terms[0].metric : null;
}

/** `NLL after temperature scaling`, `accuracy`, `weighted sum of …`. */
export function objectiveName({ experiment }: Pick<ChooseEvidence, "experiment">): string {
  return objectiveInWords(readObjective(experiment.objective.text));
}

/** Whether ε is chosen by what temperature scaling leaves, so that ε = 0 is that remedy itself. */
export function isAfterTemperature(evidence: Pick<ChooseEvidence, "experiment">): boolean {
  return evidence.experiment.objective.terms.some(({ metric }) => metric === "nllAfterTemperature");
}

/** An objective's value with its unit: `0.0771 nats`, `97.52%`, `0.931 (1 at ε = 0)`. */
export function objectiveValue(evidence: Pick<ChooseEvidence, "experiment" | "arms">, epsilon: number): string {
  const { objective } = armAt(evidence, epsilon);
  const metric = objectiveMetric(evidence);
  if (metric === null) return `${formatNumber(objective.mean, 3)} (1 at ε = 0)`;
  const nats = metricStyles[metric].unit === "nats" ? " nats" : "";
  return `${formatValue(metric, objective.mean, metricStyles[metric].decimals.table)}${nats}`;
}

/** A difference of losses in the objective's unit: `0.012 nats`, `0.35 percentage points`. */
export function lossDifference(evidence: Pick<ChooseEvidence, "experiment">, difference: number): string {
  const metric = objectiveMetric(evidence);
  if (metric === null) return formatNumber(difference, 3);
  const decimals = sentenceDecimals(metric, difference);
  const { unit } = metricStyles[metric];
  const scaled = unit === "share" ? 100 * difference : difference;
  const name = unit === "share" ? " percentage points" : unit === "nats" ? " nats" : "";
  return `${formatNumber(scaled, decimals)}${name}`;
}

/** `ε = 0`, `ε = 0.05, 0.1 and 0.2`. */
export function namedEpsilons(epsilons: readonly number[]): string {
  return `ε = ${inWords(epsilons.map(formatEpsilon))}`;
}
