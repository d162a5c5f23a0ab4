import type { Difference, MetricName } from "../results.ts";
import { fewestSeeds, type Judgement, judge, leastHolmP } from "../verdict-evidence.ts";
import { formatEpsilon, formatP, formatValue, metricStyles } from "../verdict-metrics.ts";
import { counted, stepsInWords } from "../verdict-wording.ts";
import type { TestArm } from "./results.ts";
import { type ChooseEvidence, finalists, objectiveMetric, seedCount } from "./verdict-evidence.ts";

/** What the chosen ε gives over 0, and over 0 with temperature scaling, on rows that had no part in the choice. */
export function onTestRows(evidence: ChooseEvidence): string[] {
  const [zero, chosen] = finalists(evidence);
  if (chosen === null) return [zeroInWords(zero)];
  const main = objectiveMetric(evidence) ?? "nllAfterTemperature";
  const metrics = [...new Set<MetricName>([main, "nllAfterTemperature", "accuracy"])];
  const changes = metrics.flatMap((metric) => changeInWords(zero, chosen, metric));
  const judgement = judge(main, chosen.difference?.[main]);
  const name = `ε = ${formatEpsilon(chosen.epsilon)}`;
  return [
    `On the test rows, which nothing was chosen on, ${saysOf(judgement, name)}: ${changes.join("; ")}.`,
    ...asItComes(zero, chosen),
  ];
}

/** What so few seeds can show at all; of one the headline says it. */
export function testLimits(evidence: ChooseEvidence): string[] {
  const seeds = seedCount(evidence);
  if (evidence.chosen.epsilon === 0 || seeds === 1 || seeds >= fewestSeeds(1)) return [];
  return [
    `${counted(seeds, "seed")} cannot show a difference on the test rows: the exact sign-flip test can give no p below ` +
      `${formatP(leastHolmP(seeds, 1))}, whatever happens; that takes ${fewestSeeds(1)} seeds at least (--seeds).`,
  ];
}

function saysOf(judgement: Judgement, name: string): string {
  if (judgement === "better") return `${name} is better than ε = 0`;
  return judgement === "worse" ? `${name} is worse than ε = 0` : `no gain of ${name} over ε = 0 is shown`;
}

/** The remedy that costs nothing at training time, against the chosen ε without one of its own. */
function asItComes(zero: TestArm, chosen: TestArm): string[] {
  const difference = chosen.againstTemperatureScaling?.nll;
  const from = zero.metrics.nllAfterTemperature?.mean;
  const to = chosen.metrics.nll?.mean;
  if (difference === undefined || from === undefined || to === undefined) return [];
  const words = { better: "is below", worse: "is above", changed: "", unclear: "is not shown to differ from" }[
    judge("nll", difference)
  ];
  return [
    `Without a temperature of its own, the NLL of ε = ${formatEpsilon(chosen.epsilon)} ${words} that of ε = 0 with ` +
      `temperature scaling: ${step(chosen, "nll", from, to, difference)}.`,
  ];
}

function changeInWords(zero: TestArm, chosen: TestArm, metric: MetricName): string[] {
  const [from, to, difference] = [zero.metrics[metric], chosen.metrics[metric], chosen.difference?.[metric]];
  if (from === undefined || to === undefined || difference === undefined) return [];
  return [`${named(metric)} goes ${step(chosen, metric, from.mean, to.mean, difference)}`];
}

function step(arm: TestArm, metric: MetricName, from: number, to: number, difference: Difference): string {
  return stepsInWords(metric, [{ arm, from, to, difference }]);
}

function zeroInWords(zero: TestArm): string {
  const value = (metric: MetricName): string =>
    formatValue(metric, zero.metrics[metric]?.mean ?? Number.NaN, metricStyles[metric].decimals.sentence);
  return (
    `On the test rows ε = 0 has an NLL of ${value("nll")} nats as it comes and ${value("nllAfterTemperature")} after ` +
    `temperature scaling, an accuracy of ${value("accuracy")}, and an ECE of ${value("ece")} that temperature scaling ` +
    `makes ${value("eceAfterTemperature")}.`
  );
}

function named(metric: MetricName): string {
  if (metric === "nllAfterTemperature") return "NLL, each after temperature scaling,";
  return metric === "accuracy" ? "accuracy" : metricStyles[metric].label;
}
