// Shows the raw results of `npm run bench -- loss`: the chart of ratios, and the tables of docs/performance.md.
//
//     node scripts/chart-loss-bench.js [CHART.svg [PERFORMANCE.md]]

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { overPasses, shapes } from "../bench/loss/ratios.js";
import { markdown, ratioCells, sideName, timeCells } from "../bench/loss/tables.js";
import { colorVariables } from "../packages/softlabel-cli/dist/report/theme.js";
import { filled, versionsShown } from "./bench-documents.js";

const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [chartFile = inRepository("docs/images/loss-speed.svg"), documentFile = inRepository("docs/performance.md")] =
  process.argv.slice(2);
const resultsOf = (name) => JSON.parse(readFileSync(inRepository(`bench/results/${name}.json`), "utf8"));
const results = resultsOf("loss");

// The panels, and what everything in them is held against. The other shapes stand in the tables.
const panels = ["128x10", "128x1000", "64x32000"].map((name) => shapes.find((shape) => shape.name === name));
const own = "allocated-simd";
const others = [
  "copy",
  "threads-2-simd",
  "allocated-relaxed",
  "call-simd",
  "numpy-1-kept",
  "pytorch-2-kept",
  "pytorch-1-kept",
  "pytorch-2",
  "pytorch-1",
  "jax-js",
  "tfjs-wasm",
  "core",
  "tfjs-cpu",
];
const labels = {
  copy: "floor: a copy of the logits",
  "threads-2-simd": "softlabel, two threads",
  "allocated-relaxed": "softlabel, relaxed SIMD",
  "call-simd": "softlabel, from plain arrays",
  core: "softlabel’s core, float64",
};

writeFileSync(chartFile, chart(results));
const text = readFileSync(inRepository("docs/performance.md"), "utf8");
const besides = {
  adapters: adapters(resultsOf("adapters")),
  evaluate: evaluate(resultsOf("evaluate")),
  adversarial: adversarial(resultsOf("adversarial")),
  tiles: tiles(resultsOf("tiles")),
};
writeFileSync(documentFile, filled(text, "loss", { ...parts(results), ...besides }));

/** One row a contender, one panel a shape; along x how many times as long as the whole call on allocated tensors. */
function chart({ passes, date, machine, versions }) {
  const measured = others.filter((side) => panels.some(({ name }) => overPasses(passes, name, side)));
  const [labelWidth, panelWidth, rowHeight, top] = [232, 204, 22, 66];
  const width = labelWidth + panels.length * panelWidth;
  const bottom = top + measured.length * rowHeight;
  const height = bottom + 44;
  const [least, most] = [0.01, 3000];
  const x = (ratio) => 10 + ((panelWidth - 52) * Math.log(ratio / least)) / Math.log(most / least);

  const drawn = panels.map(({ name, rows, classes }, i) => {
    const left = labelWidth + i * panelWidth;
    const base = overPasses(passes, name, own);
    const ticks = [0.01, 0.1, 1, 10, 100, 1000].map(
      (tick) =>
        `<path class="${tick === 1 ? "own" : "rule"}" d="M${x(tick)} ${top - 8}V${bottom}"/>` +
        `<text class="small" x="${x(tick)}" y="${bottom + 15}" text-anchor="middle">${tick}</text>`,
    );
    const dots = measured.flatMap((side, row) => {
      const time = overPasses(passes, name, side);
      if (time === null) return [];
      const ratio = time.median / base.median;
      const y = top + (row + 0.5) * rowHeight;
      const [colour, end] = [ours(side) ? "ours" : "other", x(ratio)];
      const at = Math.max(end, x(1)) + 8;
      return [
        `<path class="stem ${colour}" d="M${x(1)} ${y}H${end}"/><circle class="${colour}" cx="${end}" cy="${y}" r="4.5"/>` +
          `<text class="number" x="${at}" y="${y + 4}">${short(ratio)}</text>`,
      ];
    });
    const head = `[${rows}, ${classes}]: ${short(base.median)} µs`;
    return `<g transform="translate(${left})"><text class="head" x="${x(1)}" y="${top - 16}" text-anchor="middle">${head}</text>${ticks.join("")}${dots.join("")}</g>`;
  });
  const names = measured.map(
    (side, row) =>
      `<text x="${labelWidth - 6}" y="${top + (row + 0.5) * rowHeight + 4}" text-anchor="end">${labels[side] ?? sideName(side)}</text>`,
  );
  const [day] = date.split("T");
  const source = `${machine.cpu}, Node ${machine.node.slice(1)}, ${versionsShown(versions)}, ${day}`;
  const alt = `Time of each contender as a multiple of softlabel's, for ${panels.map(({ rows, classes }) => `[${rows}, ${classes}]`).join(", ")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${alt}</title>
<style>${colorVariables}
svg { background: var(--page); } text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.title { font-weight: 600; font-size: 14px; } .head { font-weight: 600; } .small { fill: var(--muted); font-size: 11px; }
.number { font-variant-numeric: tabular-nums; font-size: 11px; }
.rule { stroke: var(--rule); } .own { stroke: var(--arm-1); stroke-width: 2; } .stem { stroke-width: 2; }
path { fill: none; } .stem.ours { stroke: var(--arm-1); } .stem.other { stroke: var(--arm-2); }
circle.ours { fill: var(--arm-1); } circle.other { fill: var(--arm-2); }
</style>
<text class="title" x="10" y="22">Loss and gradient: how many times as long as softlabel’s whole call (SIMD, one thread)</text>
${names.join("\n")}
${drawn.join("\n")}
<text class="small" x="10" y="${height - 8}">${source}; medians; logarithmic</text>
</svg>
`;
}

function ours(side) {
  return /^(?:allocated|call|threads|copy|core)/.test(side);
}

function short(value) {
  return value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(0) : value.toPrecision(2);
}

/** What stands between the document's markers. */
function parts({ passes, ratios, date, machine, versions, skipped }) {
  const run = [
    `Measured ${date.split("T")[0]} on ${machine.cores} cores of a shared ${machine.cpu} (${machine.memory}, ${machine.platform}),`,
    `Node ${machine.node.slice(1)}, ${versionsShown(versions)}; medians of ${passes.length} passes.`,
    ...Object.entries(skipped).map(([name, why]) => `${name} was skipped: ${why}.`),
  ];
  return {
    run: run.join("\n"),
    ratios: markdown(ratioCells(ratios)),
    times: shapes.map((shape) => markdown(timeCells(passes, shape))).join("\n\n"),
  };
}

/** softlabel/calibration beside NumPy: milliseconds of both, and how many times as fast ours is. */
function evaluate({ results: measured }) {
  const words = Object.keys(measured[0]).filter((name) => name !== "shape");
  const cells = ({ softlabel, numpy, ratio }) => [
    softlabel.median.toPrecision(3),
    numpy.median.toPrecision(3),
    `${ratio.toFixed(2)}×`,
  ];
  const heads = measured.flatMap(({ shape: { rows, classes } }) => [`[${rows}, ${classes}] ms`, "NumPy ms", "faster"]);
  return markdown([["", ...heads], ...words.map((word) => [word, ...measured.flatMap((one) => cells(one[word]))])]);
}

/** softlabel/tfjs beside tf.losses on each backend: how many times as fast, and the memory of both. */
function adapters({ results: backends }) {
  const shape = ({ shape: [rows, classes] }) => `[${rows}, ${classes}]`;
  const cell = ({ results: { softlabel, tfjs } }) =>
    `${(tfjs.median / softlabel.median).toFixed(1)}× (${softlabel.timesLogits.toFixed(1)}, ${tfjs.timesLogits.toFixed(1)})`;
  return markdown([
    ["backend", ...backends.wasm.map(shape)],
    ...Object.entries(backends).map(([name, shapes]) => [name, ...shapes.map(cell)]),
  ]);
}

/** Milliseconds of one training step of cleverhans' net, ours beside PyTorch's, and what was asked. */
function adversarial({ results: trainings }) {
  const needed = { clean: 300, adversarial: 800 };
  return markdown([
    ["step", "needed", "softlabel", "PyTorch", "ratio"],
    ...Object.entries(trainings).map(([name, { softlabel, pytorch }]) => {
      const [ours, theirs] = [softlabel.wall.median, pytorch.wall.median];
      const verdict = ours <= needed[name] ? "needed" : "MISSED";
      const times = [`≤ ${needed[name]} ms`, `${ours.toFixed(0)} ms (${verdict})`, `${theirs.toFixed(0)} ms`];
      return [name, ...times, `${(ours / theirs).toFixed(2)}×`];
    }),
  ]);
}

/** Products and errors of a convolution by tiles and by windows. */
function tiles({ products, results: ways }) {
  const names = { tiles: "by tiles", windows: "by windows" };
  return markdown([
    ["", "products", "error of y", "of dx", "of dw"],
    ...Object.entries(ways).map(([way, { y, dx, dw }]) => [
      names[way],
      `${products[way]}`,
      ...[y, dx, dw].map((error) => error.toExponential(1)),
    ]),
  ]);
}
