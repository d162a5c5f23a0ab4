import * as Plot from "@observablehq/plot";
import type { Arm, Results } from "../../experiment/results.ts";
import { formatNumber } from "../../experiment/verdict-metrics.ts";
import { armLabel, armSlug } from "../arm-labels.ts";
import { drawPanel, type Panel } from "../drawing.ts";
import { type Figure, panelSize } from "../figure.ts";
import { classMark } from "../theme.ts";

type Penultimate = NonNullable<Arm["figures"]["penultimate"]>;

/** The picture of Müller et al. 2019, Fig. 1, one panel per arm; `null` where no arm has one. */
export function penultimateActivations({ arms, experiment: { data, seeds } }: Results): Figure | null {
  const drawn = arms.flatMap(({ figures: { penultimate }, ...arm }, index) =>
    penultimate === null ? [] : [{ arm, slug: armSlug(arms, index), penultimate }],
  );
  const classes = drawn[0]?.penultimate.classes;
  if (classes === undefined) return null;
  return {
    id: "penultimate",
    title: "What smoothing does inside",
    caption:
      `What the last layer is given (by a linear model, the pixels) for test rows of three classes, seed ${seeds[0]}, on the plane through the ` +
      "three classes’ templates (their weight vectors in the last layer); a line runs from their middle through each template. " +
      "Müller et al. (2019, Fig. 1) found that smoothing gathers each class into a tight cluster. The spread printed in " +
      "each panel says whether it did here: mean distance of a row to its class’s centre over mean distance between " +
      "centres. Each panel has its own scale, the same in both directions.",
    groups: drawn.map(({ arm, slug, penultimate }) => [panel(armLabel(arm), slug, penultimate)]),
    size: "small",
    legend: classes.map((label, i) => ({
      label: `class ${data.classNames?.[label] ?? label}`,
      color: classMark(i).color,
      glyph: classMark(i).glyph,
      dash: null,
    })),
    csv: {
      name: "penultimate",
      columns: ["arm", "epsilon", "kind", "class", "x", "y"],
      rows: drawn.flatMap(({ arm: { name, epsilon }, penultimate: { templates, points } }) => [
        ...templates.map(({ x, y, label }) => [name, epsilon, "template", label, x, y]),
        ...points.map(({ x, y, label }) => [name, epsilon, "row", label, x, y]),
      ]),
    },
  };
}

function panel(label: string, slug: string, { classes, templates, points }: Penultimate): Panel {
  const { width, height } = panelSize.small;
  const margin = { marginTop: 8, marginRight: 8, marginLeft: 34, marginBottom: 24 };
  const frame = {
    width: width - margin.marginLeft - margin.marginRight,
    height: height - margin.marginTop - margin.marginBottom,
  };
  const [x, y] = equalScales([...points, ...templates], frame);
  const spread = formatNumber(relativeSpread(classes, points), 2);
  const middle = { x: mean(templates.map((template) => template.x)), y: mean(templates.map((template) => template.y)) };
  const rays = templates.map((template) => {
    const [dx, dy] = [template.x - middle.x, template.y - middle.y];
    const length = Math.min(stepsToBorder(middle.x, dx, x), stepsToBorder(middle.y, dy, y));
    return { label: template.label, x: middle.x + dx * length, y: middle.y + dy * length };
  });
  return drawPanel(
    {
      name: `penultimate-${slug}`,
      title: `${label}, spread ${spread}`,
      alt:
        `Penultimate activations with ${label}: ${points.length} rows of three classes on the plane ` +
        `through their templates. Mean distance to the class’s centre is ${spread} of that between centres.`,
    },
    {
      width,
      height,
      ...margin,
      x: { domain: x, ticks: 4, label: null },
      y: { domain: y, ticks: 4, label: null },
      marks: classes.flatMap((label, i) => {
        const { color, symbol } = classMark(i);
        const own = points.filter((point) => point.label === label);
        const ray = rays.filter((template) => template.label === label);
        return [
          Plot.link(ray, {
            x1: middle.x,
            y1: middle.y,
            x2: "x",
            y2: "y",
            stroke: color,
            strokeWidth: 1,
            strokeOpacity: 0.6,
          }),
          Plot.dot(own, { x: "x", y: "y", fill: color, symbol, r: 1.6, fillOpacity: 0.7 }),
        ];
      }),
    },
  );
}

/** Mean distance of a point to its class's centre, over the mean distance between the three centres. */
export function relativeSpread(classes: readonly number[], points: Penultimate["points"]): number {
  const centres = classes.map((label) => {
    const own = points.filter((point) => point.label === label);
    return { label, x: mean(own.map(({ x }) => x)), y: mean(own.map(({ y }) => y)) };
  });
  const within = points.flatMap((point) =>
    centres.filter(({ label }) => label === point.label).map(({ x, y }) => Math.hypot(point.x - x, point.y - y)),
  );
  const between = centres.flatMap((a, i) => centres.slice(i + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)));
  return mean(within) / mean(between);
}

/** Domains of x and y that hold the points, with one unit of the same length on both axes. */
function equalScales(
  points: Penultimate["points"],
  frame: { width: number; height: number },
): [[number, number], [number, number]] {
  const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(points.map(({ x }) => x));
  const [bottom, top] = range(points.map(({ y }) => y));
  const unit = 1.08 * Math.max((right - left) / frame.width, (top - bottom) / frame.height) || 1 / frame.width;
  const around = (low: number, high: number, pixels: number): [number, number] => {
    const half = (unit * pixels) / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  };
  return [around(left, right, frame.width), around(bottom, top, frame.height)];
}

/** How many steps it takes from a place in a domain to its border. */
function stepsToBorder(from: number, step: number, [low, high]: readonly [number, number]): number {
  if (step === 0) return Number.POSITIVE_INFINITY;
  return ((step > 0 ? high : low) - from) / step;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
