import { allNamedByEpsilon, armInWords, isPlainSmoothing } from "./arm-naming.ts";
import type { Arm, MetricName } from "./results.ts";
import { baselineOf, type Evidence, leastHolmP, seedCount, seedsSuffice, smoothedArms } from "./verdict-evidence.ts";
import { formatNumber, formatP, printedScale } from "./verdict-metrics.ts";
import { at, counted, namedArms, sentenceDecimals } from "./verdict-wording.ts";

/** From this many seeds on, the least p is no limit worth a sentence: 2/2¹⁰ = 0.002. */
const manySeeds = 10;

/** How many times longer the proposed run trains. */
const longer = 4;

/** One arm alone: nothing was compared. */
export function nothingToCompare(evidence: Evidence): string[] {
  if (smoothedArms(evidence).length > 0) return [];
  const { missing, experiment, arms } = evidence;
  const trained = missing.length === 0 && experiment.trainer.kind !== "given";
  const remedy = trained && isPlainSmoothing(arms) ? "; --epsilon 0,0.1 adds an arm with label smoothing" : "";
  const only = `Only ${armInWords(baselineOf(evidence))} ${trained ? "was trained" : "has predictions"}`;
  return [`${only}, so there is nothing to compare${remedy}.`];
}

/** What cannot be concluded: effects inside the intervals, p below the test's least, other data and models. */
export function limits(evidence: Evidence): string[] {
  const arms = smoothedArms(evidence);
  if (arms.length === 0) return [];
  const seeds = seedCount(evidence);
  const scope = [whatSeedsRedraw(evidence), ...unknownEnd(evidence)].join(" ");
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

/** The seeds' part in it, which a trainer that is not the laboratory's decides by itself. */
function whatSeedsRedraw({ experiment }: Evidence): string {
  const nothing = "nothing here speaks of other data or other models.";
  if (experiment.trainer.kind === "built-in") {
    return `The seeds redraw initial weights, training rows and their order, never the test rows or the model: ${nothing}`;
  }
  const whose =
    experiment.trainer.kind === "given" ? "was decided where the predictions were made" : "is the trainer’s business";
  return `What a seed redraws ${whose}; runs are paired by seed and judged on the same test rows, and ${nothing}`;
}

/** Arms without a history: nobody can say whether their training had come to its end. */
function unknownEnd({ arms }: Evidence): string[] {
  const untold = arms.filter((arm) => arm.stillImproving === null);
  if (untold.length === 0) return [];
  const whose = untold.length === arms.length ? "" : ` of ${namedArms(untold)}`;
  return [`Whether training${whose} had come to its end is unknown: no history of the validation loss was kept.`];
}

/** The training budget ended while validation loss still fell: a difference may be one of speed. */
export function stillImproving(evidence: Evidence): string[] {
  const arms = smoothedArms(evidence);
  const smoothed = arms.filter((arm) => arm.stillImproving);
  const baseline = baselineOf(evidence);
  if (arms.length === 0 || (!baseline.stillImproving && smoothed.length === 0)) return [];
  const epochs = sharedEpochs(evidence);
  const toSee = remedy(evidence);
  if (epochs === 1) {
    return [
      `A single epoch cannot show whether training had come to its end, so the differences may be differences in speed ` +
        `of training. ${toSee}`,
    ];
  }
  const end = epochs === null ? "after the last epoch" : `when the ${counted(epochs, "epoch")} ran out`;
  const falling = `the validation loss was still falling ${end}`;
  if (baseline.stillImproving === null) return [`With ${namedArms(smoothed)} ${falling}. ${toSee}`];
  if (!baseline.stillImproving) {
    return [
      `With ${namedArms(smoothed)} ${falling}, ${at(baseline)} it was not: longer training may add to what ` +
        `${isPlainSmoothing(evidence.arms) ? "smoothing does" : "was seen"}. ${toSee}`,
    ];
  }
  return [
    `The validation loss ${whereFalling([baseline, ...smoothed])} was still falling ${end}, so the differences may be ` +
      `differences in speed of training, not in where it ends. ${toSee}`,
  ];
}

function whereFalling(arms: readonly Arm[]): string {
  return allNamedByEpsilon(arms) ? `at ${namedArms(arms)}` : `with ${namedArms(arms)}`;
}

/** Epochs of every arm; `null` where arms have different ones. */
function sharedEpochs({ arms, experiment: { trainer } }: Evidence): number | null {
  const told = arms.flatMap(({ figures }) => figures.history.map((series) => series.length));
  const epochs = new Set(trainer.kind === "built-in" && !arms.some(hasOwnEpochs) ? [trainer.epochs] : told);
  return epochs.size === 1 ? ([...epochs][0] as number) : null;
}

function hasOwnEpochs({ parameters }: Arm): boolean {
  return Object.keys(parameters).includes("epochs");
}

/** The longer run as a command, where the laboratory knows what makes it longer. */
function remedy(evidence: Evidence): string {
  if (evidence.experiment.trainer.kind !== "built-in" || evidence.arms.some(hasOwnEpochs)) {
    return "Runs with more epochs would show it.";
  }
  return `To see: ${longerCommand(evidence)}`;
}

/** The experiment's command with four times its epochs. */
export function longerCommand(evidence: Evidence): string {
  const { command, trainer } = evidence.experiment;
  if (trainer.kind !== "built-in") return command;
  const option = `--epochs ${trainer.epochs * longer}`;
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
