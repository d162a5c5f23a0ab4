import type { MetricName } from "./results.ts";
import { baselineOf, type Evidence, leastHolmP, seedCount, seedsSuffice, smoothedArms } from "./verdict-evidence.ts";
import { formatNumber, formatP, printedScale } from "./verdict-metrics.ts";
import { counted, namedArms, sentenceDecimals } from "./verdict-wording.ts";

/** From this many seeds on, the least p is no limit worth a sentence: 2/2¹⁰ = 0.002. */
const manySeeds = 10;

/** How many times longer the proposed run trains. */
const longer = 4;

/** Only ε = 0: nothing was compared. */
export function nothingToCompare(evidence: Evidence): string[] {
  if (smoothedArms(evidence).length > 0) return [];
  return ["Only ε = 0 was trained, so there is nothing to compare; --epsilon 0,0.1 adds an arm with label smoothing."];
}

/** What cannot be concluded: effects inside the intervals, p below the test's least, other data and models. */
export function limits(evidence: Evidence): string[] {
  const arms = smoothedArms(evidence);
  if (arms.length === 0) return [];
  const seeds = seedCount(evidence);
  const scope =
    `The seeds redraw initial weights, training rows and their order, never the test rows or the model: ` +
    `nothing here speaks of other data or other models.`;
  if (!seedsSuffice(evidence)) return [scope];
  const told = [
    ...smallestTold(evidence, "accuracy").map((size) => `in accuracy below ${size} percentage points`),
    ...smallestTold(evidence, "nll").map((size) => `in NLL below ${size} nats`),
  ];
  const resolution =
    told.length === 0
      ? ""
      : `${counted(seeds, "seed")} could not have told from zero a difference ${told.join(", or ")}. `;
  const holm = arms.length > 1 ? `, corrected for ${arms.length} comparisons,` : "";
  const least = formatP(leastHolmP(seeds, arms.length));
  const test = seeds < manySeeds ? `The exact test${holm} can give no p below ${least} with so few. ` : "";
  return [resolution + test + scope];
}

/** The training budget ended while validation loss still fell: a difference may be one of speed. */
export function stillImproving(evidence: Evidence): string[] {
  const arms = smoothedArms(evidence);
  const smoothed = arms.filter((arm) => arm.stillImproving);
  const baseline = baselineOf(evidence).stillImproving;
  if (arms.length === 0 || (!baseline && smoothed.length === 0)) return [];
  const { trainer } = evidence.experiment;
  if (trainer.kind !== "built-in") return [];
  if (trainer.epochs === 1) {
    return [
      `A single epoch cannot show whether training had come to its end, so the differences may be differences in speed ` +
        `of training. To see: ${longerCommand(evidence)}`,
    ];
  }
  const epochs = counted(trainer.epochs, "epoch");
  const command = longerCommand(evidence);
  if (!baseline) {
    return [
      `With ${namedArms(smoothed)} the validation loss was still falling when the ${epochs} ran out, at ε = 0 it was ` +
        `not: longer training may add to what smoothing does. To see: ${command}`,
    ];
  }
  const who = smoothed.length === 0 ? "ε = 0" : `${namedArms([baselineOf(evidence), ...smoothed])}`;
  return [
    `The validation loss at ${who} was still falling when the ${epochs} ran out, so the differences may be differences ` +
      `in speed of training, not in where it ends. To see: ${command}`,
  ];
}

/** The experiment's command with four times its epochs. */
export function longerCommand(evidence: Evidence): string {
  const { command, trainer } = evidence.experiment;
  if (trainer.kind !== "built-in") return command;
  const { epochs } = trainer;
  const option = `--epochs ${epochs * longer}`;
  const replaced = command.replace(/--epochs[ =]\d+/, option);
  return replaced === command ? `${command} ${option}` : replaced;
}

/** Half of the widest interval among the arms, which a difference must exceed to be shown; nothing without intervals. */
function smallestTold(evidence: Evidence, metric: MetricName): string[] {
  const halves = smoothedArms(evidence).flatMap((arm) => {
    const { low, high } = arm.difference?.[metric] ?? { low: null, high: null };
    return low === null || high === null ? [] : [(high - low) / 2];
  });
  if (halves.length === 0) return [];
  const half = Math.max(...halves);
  return [formatNumber(half * printedScale(metric), sentenceDecimals(metric, half))];
}
