import type { Arm, Results } from "../../experiment/results.ts";
import { formatEpsilon } from "../../experiment/verdict-metrics.ts";
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
    groups: arms.map((arm, index) => [
      panel(arm, index, "as it comes", scale),
      panel(arm, index, "temperature-scaled", scale),
    ]),
    size: "small",
    legend: [],
    csv: {
      name: "confidence",
      columns: ["epsilon", "temperatureScaled", "low", "high", "rightRows", "wrongRows"],
      rows: arms.flatMap((arm) =>
        ([false, true] as const).flatMap((scaled) =>
          (scaled ? arm.figures.confidenceAfterTemperature : arm.figures.confidence).map((bin) => [
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

function panel(arm: Arm, index: number, state: "as it comes" | "temperature-scaled", scale: ConfidenceScale): Panel {
  const scaled = state === "temperature-scaled";
  const epsilon = formatEpsilon(arm.epsilon);
  return confidencePanel({
    name: `confidence-epsilon-${epsilon}${scaled ? "-temperature-scaled" : ""}`,
    title: `ε = ${epsilon}, ${state}`,
    subject: `with ε = ${epsilon}, ${state}`,
    bins: scaled ? arm.figures.confidenceAfterTemperature : arm.figures.confidence,
    color: armMark(index).color,
    scale,
  });
}
