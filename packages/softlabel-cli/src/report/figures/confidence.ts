import type { Arm, Results } from "../../experiment/results.ts";
import { armLabel, armSlug } from "../arm-labels.ts";
import type { Panel } from "../drawing.ts";
import type { Figure } from "../figure.ts";
import { armMark } from "../theme.ts";
import { type ConfidenceScale, confidencePanel, confidenceScale, readingConfidence } from "./confidence-panel.ts";

/** Confidence histograms of every arm, right answers upward and wrong ones downward. */
export function confidenceHistograms({ arms }: Results): Figure {
  const scale = confidenceScale(
    arms.flatMap(({ figures }) => [figures.confidence, figures.confidenceAfterTemperature]),
  );
  return {
    id: "confidence",
    title: "How sure is it when right, and when wrong?",
    caption: readingConfidence,
    groups: arms.map((_, index) => [
      panel(arms, index, "as it comes", scale),
      panel(arms, index, "temperature-scaled", scale),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "confidence",
      columns: ["arm", "epsilon", "temperatureScaled", "low", "high", "rightRows", "wrongRows"],
      rows: arms.flatMap((arm) =>
        ([false, true] as const).flatMap((scaled) =>
          (scaled ? arm.figures.confidenceAfterTemperature : arm.figures.confidence).map((bin) => [
            arm.name,
            arm.epsilon,
            String(scaled),
            bin.low,
            bin.high,
            bin.right,
            bin.wrong,
          ]),
        ),
      ),
    },
  };
}

function panel(
  arms: readonly Arm[],
  index: number,
  state: "as it comes" | "temperature-scaled",
  scale: ConfidenceScale,
): Panel {
  const arm = arms[index] as Arm;
  const scaled = state === "temperature-scaled";
  const label = armLabel(arm);
  return confidencePanel({
    name: `confidence-${armSlug(arms, index)}${scaled ? "-temperature-scaled" : ""}`,
    title: `${label}, ${state}`,
    subject: `with ${label}, ${state}`,
    bins: scaled ? arm.figures.confidenceAfterTemperature : arm.figures.confidence,
    color: armMark(index).color,
    scale,
  });
}
