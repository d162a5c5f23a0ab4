// Shows the raw results of `npm run bench -- accuracy`: the histogram of errors, and the tables of docs/accuracy.md.
//
//     node scripts/chart-accuracy-bench.js [CHART.svg [ACCURACY.md]]

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { overPasses } from "../bench/loss/ratios.js";
import { markdown } from "../bench/loss/tables.js";
import { colorVariables } from "../packages/softlabel-cli/dist/report/theme.js";
import { filled, versionsShown } from "./bench-documents.js";

const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [chartFile = inRepository("docs/images/loss-errors.svg"), documentFile = inRepository("docs/accuracy.md")] =
  process.argv.slice(2);
const resultsOf = (name) => JSON.parse(readFileSync(inRepository(`bench/results/${name}.json`), "utf8"));
const results = resultsOf("accuracy");

const names = {
  simd: "softlabel, SIMD",
  relaxed: "softlabel, relaxed SIMD",
  pytorch: "PyTorch",
  numpy: "NumPy, one-hot form",
  "tfjs-cpu": "TensorFlow.js, CPU",
  "tfjs-wasm": "TensorFlow.js, WASM",
  "jax-js": "jax-js, WASM",
};
const sides = Object.keys(names).filter((name) => results.cases.every((one) => name in one.sides));

writeFileSync(chartFile, chart(results));
const document = readFileSync(inRepository("docs/accuracy.md"), "utf8");
writeFileSync(documentFile, filled(document, "accuracy", parts(results, resultsOf("loss"))));

/** One strip a contender, loss to the left and gradient to the right; along x the error, upwards the share of rows. */
function chart({ cases, edges, date, machine, versions }) {
  const [labelWidth, panelWidth, stripHeight, top] = [176, 270, 40, 66];
  const width = labelWidth + 2 * panelWidth;
  const bottom = top + sides.length * stripHeight;
  const height = bottom + 44;
  const decade = (panelWidth - 24) / (Math.log10(edges.at(-1)) - Math.log10(edges[0]) + 1);
  const x = (error) => 6 + decade * (Math.log10(error) - Math.log10(edges[0]) + 0.5);

  const panel = (part, title, left) => {
    const ticks = [-10, -8, -6, -4, -2].map(
      (power) =>
        `<path class="${power === -6 ? "limit" : "rule"}" d="M${x(10 ** power)} ${top - 6}V${bottom}"/>` +
        `<text class="small" x="${x(10 ** power)}" y="${bottom + 15}" text-anchor="middle">1e${power}</text>`,
    );
    const strips = sides.map((name, row) => {
      const base = top + (row + 1) * stripHeight - 4;
      const shares = meanShares(cases.map((one) => one.sides[name][part].counts));
      const bars = shares.flatMap((share, bin) => {
        if (share === 0) return [];
        const end = bin < edges.length ? x(edges[bin]) : x(edges.at(-1)) + decade / 2;
        const tall = Math.max(1, share * (stripHeight - 10));
        return [
          `<rect class="${name === "simd" || name === "relaxed" ? "ours" : "other"}" x="${rounded(end - decade / 2)}" y="${rounded(base - tall)}" width="${rounded(decade / 2 - 1)}" height="${rounded(tall)}"/>`,
        ];
      });
      return `<path class="rule" d="M6 ${base}H${panelWidth - 12}"/>${bars.join("")}`;
    });
    return `<g transform="translate(${left})"><text class="head" x="6" y="${top - 16}">${title}</text>${ticks.join("")}${strips.join("")}</g>`;
  };
  const labels = sides.map(
    (name, row) =>
      `<text x="${labelWidth - 6}" y="${top + (row + 0.5) * stripHeight + 8}" text-anchor="end">${names[name]}</text>`,
  );
  const source = `${machine.cpu}, Node ${machine.node.slice(1)}, ${versionsShown(versions)}, ${date.split("T")[0]}`;
  const alt = "Histograms of each contender's errors in the loss and in the gradient, row by row";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${alt}</title>
<style>${colorVariables}
svg { background: var(--page); } text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.title { font-weight: 600; font-size: 14px; } .head { font-weight: 600; } .small { fill: var(--muted); font-size: 11px; }
path { fill: none; } .rule { stroke: var(--rule); } .limit { stroke: var(--worse); stroke-dasharray: 4 3; }
.ours { fill: var(--arm-1); } .other { fill: var(--arm-2); }
</style>
<text class="title" x="10" y="22">How far from float64: share of rows by error, over ${cases.length} cases of 10 to 128,256 classes</text>
${labels.join("\n")}
${panel("loss", "loss, against max(1, |loss|)", labelWidth)}
${panel("gradient", "gradient, against the row’s largest", labelWidth + panelWidth)}
<text class="small" x="10" y="${height - 8}">${source}; dashed: 1e-6</text>
</svg>
`;
}

function rounded(value) {
  return Number(value.toFixed(2));
}

/** The share of rows in each bin; every case counts the same, however many rows it has. */
function meanShares(countsOfCases) {
  const shares = countsOfCases.map((counts) => {
    const rows = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / rows);
  });
  return shares[0].map((_, bin) => shares.reduce((sum, one) => sum + one[bin], 0) / shares.length);
}

function parts({ cases, date, machine, versions }, { passes }) {
  const worst = (part) => {
    const cell = ({ worst: error }) => (error === null ? "not finite" : error.toExponential(1));
    return markdown([
      ["classes", "deviation", ...sides.map((name) => names[name])],
      ...cases.map((one) => [
        one.classes.toLocaleString("en"),
        `${one.deviation}`,
        ...sides.map((name) => cell(one.sides[name][part])),
      ]),
    ]);
  };
  const whole = ["pytorch-1", "numpy-1-kept", "tfjs-cpu", "tfjs-wasm", "jax-js"];
  const wholeNames = ["PyTorch", "NumPy", "TensorFlow.js, CPU", "TensorFlow.js, WASM", "jax-js"];
  const errorAt = (shape, side) => overPasses(passes, shape, side)?.lossError;
  const mean = [
    ["shape", "softlabel, SIMD", "softlabel, relaxed SIMD", ...wholeNames],
    ...["128x1000", "512x1000", "64x32000", "32x128256"].map((shape) => [
      `[${shape.replace("x", ", ")}]`,
      ...["call-simd", "call-relaxed", ...whole].map((side) => errorAt(shape, side)?.toExponential(1) ?? "–"),
    ]),
  ];
  return {
    run: `Measured ${date.split("T")[0]} on ${machine.cpu}, Node ${machine.node.slice(1)}, ${versionsShown(versions)}.`,
    loss: worst("loss"),
    gradient: worst("gradient"),
    mean: markdown(mean),
  };
}
