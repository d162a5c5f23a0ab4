import type { Results } from "../../experiment/results.ts";
import { formatValue, metricStyles } from "../../experiment/verdict-metrics.ts";
import { armLabel, armLegend } from "../arm-labels.ts";
import type { Figure } from "../figure.ts";
import { armMark } from "../theme.ts";
import { riskCoveragePanel } from "./risk-coverage-panel.ts";

/** Risk–coverage curves of every arm in one panel. */
export function riskCoverage({ arms }: Pick<Results, "arms">): Figure {
  const areas = arms.map(
    (arm) =>
      `${formatValue("aurc", arm.metrics.aurc?.mean ?? Number.NaN, metricStyles.aurc.decimals.table)} with ${armLabel(arm)}`,
  );
  return {
    id: "risk-coverage",
    title: "If it may decline to answer",
    caption:
      "The classifier answers only the share of test rows that it is most confident about (coverage); risk is the error " +
      "rate among those, mean over seeds. Lower is better everywhere; the right end is the plain error rate, and the area " +
      "under the curve is the AURC. Xia et al. (2025) found that smoothing harms this ranking on large tasks.",
    groups: [
      [
        riskCoveragePanel(
          `Risk–coverage curves. Area under the curve: ${areas.join(", ")}; lower is better.`,
          arms.map(({ figures }, index) => ({ ...figures.riskCoverage, mark: armMark(index) })),
        ),
      ],
    ],
    size: "wide",
    legend: armLegend(arms, "line"),
    csv: {
      name: "risk-coverage",
      columns: ["arm", "epsilon", "coverage", "risk"],
      rows: arms.flatMap(({ name, epsilon, figures: { riskCoverage: curve } }) =>
        curve.coverage.map((coverage, i) => [name, epsilon, coverage, curve.risk[i] ?? null]),
      ),
    },
  };
}
