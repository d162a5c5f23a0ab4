import { armInWords, isPlainSmoothing } from "./arm-naming.ts";
import type { Arm, MetricName } from "./results.ts";
import {
  anythingShown,
  baselineOf,
  type Evidence,
  fewestSeeds,
  type Judgement,
  judge,
  judgedArms,
  leastHolmP,
  seedCount,
  seedsSuffice,
  smoothedArms,
} from "./verdict-evidence.ts";
import { formatP } from "./verdict-metrics.ts";
import { at, counted, fromBaseline, namedArms, numbersInWords } from "./verdict-wording.ts";

/** One seed: says what was seen, and that it shows nothing. */
export function oneSeed(evidence: Evidence): string[] {
  if (seedCount(evidence) !== 1) return [];
  const arms = smoothedArms(evidence);
  return arms.map(
    (arm) =>
      `One seed cannot tell what ${namedArms([arm])} did from chance; that takes ${fewestSeeds(arms.length)} seeds at least${option(evidence)}. ` +
      `On this one ${seen(evidence, arm)}.`,
  );
}

/** Two seeds or more, yet too few for any p below 0.05: says what was seen, and how many seeds it takes. */
export function tooFewSeeds(evidence: Evidence): string[] {
  const seeds = seedCount(evidence);
  if (seeds < 2 || seedsSuffice(evidence)) return [];
  const arms = smoothedArms(evidence);
  const holm = arms.length > 1 ? `, corrected for ${arms.length} comparisons,` : "";
  return [
    `${counted(seeds, "seed")} cannot show any difference: the exact sign-flip test${holm} can give no p below ` +
      `${formatP(leastHolmP(seeds, arms.length))}, whatever happens; to show one takes ${fewestSeeds(arms.length)} seeds at least${option(evidence)}.`,
    ...arms.map((arm) => `What was seen with ${namedArms([arm])}, without proof: ${seen(evidence, arm)}.`),
  ];
}

/** Enough seeds, and nothing that the verdict weighs is shown on any arm. */
export function noDifferenceShown(evidence: Evidence): string[] {
  const arms = smoothedArms(evidence);
  if (arms.length === 0 || !seedsSuffice(evidence) || anythingShown(evidence)) return [];
  return [
    `No difference that ${counted(seedCount(evidence), "seed")} can show between ${armInWords(baselineOf(evidence))} and ${namedArms(arms)}: ` +
      `accuracy went ${fromBaseline(evidence, "accuracy", arms)}; NLL ${fromBaseline(evidence, "nll", arms)}; ` +
      `ECE ${fromBaseline(evidence, "ece", arms)}.`,
  ];
}

/** Accuracy, where it is shown to have changed. */
export function accuracyChanged(evidence: Evidence): string[] {
  return (["better", "worse"] as const).flatMap((judgement) => {
    const arms = judgedArms(evidence, "accuracy", judgement);
    if (arms.length === 0) return [];
    const change = `${onSeeds(evidence, arms, judgement)}, ${fromBaseline(evidence, "accuracy", arms)}`;
    const up = judgement === "better";
    return [
      isPlainSmoothing(evidence.arms)
        ? `Label smoothing with ${namedArms(arms)} ${up ? "raised" : "lowered"} accuracy ${change}.`
        : `With ${namedArms(arms)} accuracy is ${up ? "higher" : "lower"} than ${at(baselineOf(evidence))} ${change}.`,
      ...(judgement === "better" ? highestMean(evidence, arms) : []),
    ];
  });
}

/** NLL, Brier score and ECE without temperature scaling, where they are shown to have changed. */
export function probabilitiesChanged(evidence: Evidence): string[] {
  return (["better", "worse"] as const).flatMap((judgement) => {
    const verb = judgement === "better" ? "fell" : "rose";
    const metrics = (["nll", "brier", "ece"] as const).filter(
      (metric) => judgedArms(evidence, metric, judgement).length > 0,
    );
    if (metrics.length === 0) return [];
    const named = smoothedArms(evidence).filter((arm) =>
      metrics.some((metric) => judge(metric, arm.difference?.[metric]) === judgement),
    );
    const parts = metrics.map(
      (metric, i) =>
        `${inSentence[metric]} ${i === 0 ? `${verb} ` : ""}${fromBaseline(evidence, metric, judgedArms(evidence, metric, judgement), named.length > 1)}`,
    );
    const than = isPlainSmoothing(evidence.arms) ? "" : ` than ${at(baselineOf(evidence))}`;
    return [`With ${namedArms(named)} the probabilities are ${judgement}${than} as they come: ${parts.join("; ")}.`];
  });
}

/** AURC, where it is shown to have changed: what smoothing does to a classifier that may decline to answer. */
export function selectiveClassificationChanged(evidence: Evidence): string[] {
  return (["better", "worse"] as const).flatMap((judgement) => {
    const arms = judgedArms(evidence, "aurc", judgement);
    if (arms.length === 0) return [];
    const change = fromBaseline(evidence, "aurc", arms);
    if (judgement === "better") {
      return [
        `A classifier that may decline to answer when unsure gains with ${namedArms(arms)}: AURC, the error rate ` +
          `averaged over the share of rows answered, fell ${change}.`,
      ];
    }
    const moreAccurate = arms.every((arm) => judge("accuracy", arm.difference?.accuracy) === "better");
    return [
      `A classifier that may decline to answer when unsure is harmed by ${namedArms(arms)}` +
        `${moreAccurate ? ", higher accuracy notwithstanding" : ""}: AURC, the error rate averaged over the share of rows ` +
        `answered, rose ${change}.`,
    ];
  });
}

/** What is not shown beside something that is: accuracy, NLL, Brier score, ECE and AURC. */
export function notShown(evidence: Evidence): string[] {
  if (!seedsSuffice(evidence) || !anythingShown(evidence)) return [];
  const parts = (["accuracy", "nll", "brier", "ece", "aurc"] as const).flatMap((metric) => {
    const arms = judgedArms(evidence, metric, "unclear");
    if (arms.length === 0) return [];
    const where = arms.length === 1 ? ` with ${namedArms(arms)}` : "";
    return [`${inSentence[metric]}${where}, ${fromBaseline(evidence, metric, arms)}`];
  });
  if (parts.length === 0) return [];
  return [`No difference that ${counted(seedCount(evidence), "seed")} can show: ${parts.join("; ")}.`];
}

const inSentence: Readonly<Record<"accuracy" | "nll" | "brier" | "ece" | "aurc", string>> = {
  accuracy: "accuracy",
  nll: "NLL",
  brier: "Brier score",
  ece: "ECE",
  aurc: "AURC",
};

function seen(evidence: Evidence, arm: Arm): string {
  const went = (metric: MetricName): string => fromBaseline(evidence, metric, [arm]);
  return `accuracy went ${went("accuracy")}, NLL ${went("nll")}, ECE ${went("ece")}`;
}

/** `on all 6 seeds`, `on 5 of 6 seeds`, and arm by arm where arms differ. */
function onSeeds(evidence: Evidence, arms: readonly Arm[], judgement: Judgement): string {
  const seeds = seedCount(evidence);
  const sign = judgement === "better" ? 1 : -1;
  const agreeing = arms.map((arm) => (arm.difference?.accuracy?.perSeed ?? []).filter((d) => sign * d > 0).length);
  if (agreeing.every((count) => count === seeds)) return `on all ${seeds} seeds`;
  return `on ${numbersInWords(agreeing, 0)} of ${seeds} seeds`;
}

/** Predictions that are there know no option that would add a seed. */
function option({ experiment }: Evidence): string {
  return experiment.trainer.kind === "given" ? "" : " (--seeds)";
}

/** Names the best of several arms, and says that this choice itself was not tested. */
function highestMean(evidence: Evidence, arms: readonly Arm[]): string[] {
  if (arms.length < 2) return [];
  const best = arms.reduce((a, b) => ((b.metrics.accuracy?.mean ?? 0) > (a.metrics.accuracy?.mean ?? 0) ? b : a));
  const others = smoothedArms(evidence).length;
  const plain = isPlainSmoothing(evidence.arms);
  return [
    `The highest mean accuracy is ${at(best)}; the ${others} ${plain ? "smoothed" : "other"} arms were each tested against ` +
      `${armInWords(baselineOf(evidence))}, not against one another, so this does not choose ${plain ? "an ε" : "among them"}.`,
  ];
}
