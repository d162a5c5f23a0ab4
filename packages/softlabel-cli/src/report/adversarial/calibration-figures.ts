import type {
  AdversarialArm,
  AdversarialExperiment,
  AdversarialResults,
} from "../../experiment/adversarial/results.ts";
import { formatEpsilon } from "../../experiment/verdict-metrics.ts";
import type { Figure } from "../figure.ts";
import { confidencePanel, confidenceScale, readingConfidence } from "../figures/confidence-panel.ts";
import {
  fullestBin,
  readingReliability,
  reliabilityCells,
  reliabilityColumns,
  reliabilityPanel,
} from "../figures/reliability-panel.ts";
import { armInWords, armSlug, percent, rowsLabel, smoothingMark, trainingAttack } from "./arm-names.ts";

/** The rows whose predictions were judged: as they are, and attacked by what sees the model. */
export const judgedRows = ["clean", "fgsm", "pgd"] as const;

const confidenceLevel = 0.95;

/** Confidence of every arm on images as they are and attacked, right answers upward and wrong ones downward. */
export function confidenceFigure(results: AdversarialResults): Figure {
  const { arms, experiment } = results;
  const scale = confidenceScale(
    arms.flatMap(({ calibration }) => judgedRows.map((rows) => calibration[rows].confidence)),
  );
  return {
    id: "confidence",
    title: "How sure is it of an attacked image?",
    caption: `The attacked rows of all seeds, as they are, then under each attack. ${readingConfidence}`,
    groups: arms.map((arm) =>
      judgedRows.map((rows) =>
        confidencePanel({
          name: `confidence-${armSlug(arm)}-${rows}`,
          title: panelTitle(arm, experiment, rows),
          subject: `${rowsInWords(rows, experiment)}, ${armInWords(arm, experiment)}`,
          bins: arm.calibration[rows].confidence,
          color: smoothingMark(results, arm.labelSmoothing).color,
          scale,
        }),
      ),
    ),
    size: "small",
    legend: [],
    csv: {
      name: "confidence",
      columns: ["labelSmoothing", "training", "attack", "low", "high", "rightRows", "wrongRows"],
      rows: byRows(arms, (arm, rows) =>
        arm.calibration[rows].confidence.map(({ low, high, right, wrong }) => [low, high, right, wrong]),
      ),
    },
  };
}

/** Reliability diagrams of every arm on images as they are and attacked. */
export function reliabilityFigure(results: AdversarialResults): Figure {
  const { arms, experiment } = results;
  const repeats = experiment.seeds.length;
  return {
    id: "reliability",
    title: "Can the confidence be trusted under attack?",
    caption: `The attacked rows of all seeds, binned by confidence, the largest probability. ${readingReliability(confidenceLevel)}${
      repeats === 1
        ? ""
        : " Every seed judges the same test rows, so the interval is that of as many rows as one seed has in the bin on average."
    }`,
    groups: arms.map((arm) =>
      judgedRows.map((rows) => {
        const { reliability: bins, ece } = arm.calibration[rows];
        return reliabilityPanel({
          name: `reliability-${armSlug(arm)}-${rows}`,
          title: `${panelTitle(arm, experiment, rows)}, ECE\u00a0${percent(ece)}%`,
          alt: `Reliability diagram ${rowsInWords(rows, experiment)}, ${armInWords(arm, experiment)}: ECE ${percent(ece)}%. ${fullestBin(bins)}`,
          bins,
          color: smoothingMark(results, arm.labelSmoothing).color,
          confidenceLevel,
          repeats,
        });
      }),
    ),
    size: "small",
    legend: [],
    csv: {
      name: "reliability",
      columns: ["labelSmoothing", "training", "attack", ...reliabilityColumns],
      rows: byRows(arms, (arm, rows) =>
        arm.calibration[rows].reliability.map((bin) => reliabilityCells(bin, confidenceLevel, repeats)),
      ),
    },
  };
}

type Judged = (typeof judgedRows)[number];

/** `ε = 0.1, FGSM-trained: PGD-40`. */
function panelTitle(
  { labelSmoothing, training }: AdversarialArm,
  experiment: AdversarialExperiment,
  rows: Judged,
): string {
  const trainedOn = training === "clean" ? "clean" : trainingAttack(experiment);
  return `ε = ${formatEpsilon(labelSmoothing)}, ${trainedOn}-trained: ${rowsLabel(rows, experiment)}`;
}

function rowsInWords(rows: Judged, experiment: AdversarialExperiment): string {
  return rows === "clean" ? "on images as they are" : `under ${rowsLabel(rows, experiment)}`;
}

/** Cells of every arm under every attack, after the three that say which. */
function byRows(
  arms: readonly AdversarialArm[],
  of: (arm: AdversarialArm, rows: Judged) => readonly (readonly (number | null)[])[],
): readonly (readonly (string | number | null)[])[] {
  return arms.flatMap((arm) =>
    judgedRows.flatMap((rows) => of(arm, rows).map((cells) => [arm.labelSmoothing, arm.training, rows, ...cells])),
  );
}
