import * as Plot from "@observablehq/plot";
import { drawPanel, type Panel } from "../drawing.ts";
import { panelSize } from "../figure.ts";
import type { ArmMark } from "../theme.ts";

/** One arm's curve and how it is drawn; a risk that is not a number is left out. */
export interface Curve {
  readonly coverage: ArrayLike<number>;
  readonly risk: ArrayLike<number | null>;
  readonly mark: ArmMark;
}

/** Risk at each coverage, a line for each arm. */
export function riskCoveragePanel(alt: string, curves: readonly Curve[]): Panel {
  return drawPanel(
    { name: "risk-coverage", title: "Risk at each coverage (%)", alt },
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
        ...curves.map((curve) =>
          Plot.line(thinned(curve), {
            x: "coverage",
            y: "risk",
            stroke: curve.mark.color,
            strokeWidth: 2,
            strokeDasharray: curve.mark.dash,
          }),
        ),
      ],
    },
  );
}

/** More points than pixels say nothing more. */
const mostPoints = 400;

function thinned({ coverage, risk }: Curve): { readonly coverage: number; readonly risk: number }[] {
  const step = Math.max(1, Math.ceil(coverage.length / mostPoints));
  return Array.from(coverage, (_, i) => i)
    .filter((i) => i % step === 0 || i === coverage.length - 1)
    .flatMap((i) => {
      const value = risk[i] ?? Number.NaN;
      return Number.isFinite(value) ? [{ coverage: 100 * (coverage[i] ?? Number.NaN), risk: 100 * value }] : [];
    });
}
