import * as Plot from "@observablehq/plot";
import type { Results } from "../../experiment/results.ts";
import { formatEpsilon, formatValue, metricStyles } from "../../experiment/verdict-metrics.ts";
import { drawPanel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { armLegend, armMark } from "../theme.ts";

/** Risk–coverage curves of every arm in one panel. */
export function riskCoverage({ arms }: Results): Figure {
  const points = arms.map(({ figures: { riskCoverage: curve } }) =>
    curve.coverage.map((coverage, i) => ({ coverage: 100 * coverage, risk: 100 * (curve.risk[i] ?? Number.NaN) })),
  );
  const areas = arms.map(
    (arm) =>
      `${formatValue("aurc", arm.metrics.aurc?.mean ?? Number.NaN, metricStyles.aurc.decimals.table)} with ε = ${formatEpsilon(arm.epsilon)}`,
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
        drawPanel(
          {
            name: "risk-coverage",
            title: "Risk at each coverage (%)",
            alt: `Risk–coverage curves. Area under the curve: ${areas.join(", ")}; lower is better.`,
          },
          {
            ...panelSize.wide,
            marginTop: 10,
            marginRight: 12,
            marginLeft: 38,
            marginBottom: 34,
            x: { domain: [0, 100], ticks: 5, label: "coverage (%) →" },
            y: { zero: true, ticks: 5, label: null, grid: true, nice: true },
            marks: [
              Plot.ruleY([0], { stroke: "var(--muted)" }),
              ...points.map((curve, index) =>
                Plot.line(curve, {
                  x: "coverage",
                  y: "risk",
                  stroke: armMark(index).color,
                  strokeWidth: 2,
                  strokeDasharray: armMark(index).dash,
                }),
              ),
            ],
          },
        ),
      ],
    ],
    size: "wide",
    legend: armLegend(arms, "line"),
    csv: {
      name: "risk-coverage",
      columns: ["epsilon", "coverage", "risk"],
      rows: arms.flatMap(({ epsilon, figures: { riskCoverage: curve } }) =>
        curve.coverage.map((coverage, i) => [epsilon, coverage, curve.risk[i] ?? null]),
      ),
    },
  };
}
