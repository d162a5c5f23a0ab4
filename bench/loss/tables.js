// The raw results as tables, for the terminal and for Markdown.
import { meets, overPasses, shapes } from "./ratios.js";

const names = {
  "kernel-simd": "kernel, SIMD",
  "kernel-relaxed": "kernel, relaxed SIMD",
  "threads-2-simd": "two threads, SIMD",
  "threads-2-relaxed": "two threads, relaxed SIMD",
  "call-simd": "whole call, SIMD",
  "call-relaxed": "whole call, relaxed SIMD",
  "allocated-simd": "whole call, allocated tensors, SIMD",
  "allocated-relaxed": "whole call, allocated tensors, relaxed SIMD",
  "reference-simd": "reference kernel, SIMD",
  "reference-relaxed": "reference kernel, relaxed SIMD",
  copy: "copy of the logits",
  core: "TypeScript core, float64",
  "tfjs-wasm": "TensorFlow.js, WASM",
  "tfjs-cpu": "TensorFlow.js, CPU",
  "jax-js": "jax-js, WASM",
  "pytorch-1": "PyTorch, one thread",
  "pytorch-2": "PyTorch, two threads",
  "pytorch-1-kept": "PyTorch, one thread, memory kept",
  "pytorch-2-kept": "PyTorch, two threads, memory kept",
  "numpy-1-kept": "NumPy, memory kept",
};

/** The name of a side as a reader knows it. */
export function sideName(side) {
  return names[side] ?? side;
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** Needed and goal beside measured; the first row is the head. */
export function ratioCells(rows) {
  const bound = ({ atMost, unit }, value) => `${atMost ? "≤" : "≥"} ${show(value, unit)}`;
  const cell = (row, measured) => {
    if (measured === null) return "not measured";
    const mark = meets(row, measured, row.goal) ? "goal" : meets(row, measured, row.needed) ? "needed" : "MISSED";
    return `${show(measured.median, row.unit)} (${mark})`;
  };
  return [
    ["", "needed", "goal", "SIMD", "relaxed SIMD"],
    ...rows.map((row) => [
      row.what,
      bound(row, row.needed),
      bound(row, row.goal),
      cell(row, row.simd),
      cell(row, row.relaxed),
    ]),
  ];
}

function show(value, unit) {
  if (unit === "bytes") return `${value} bytes`;
  if (unit === "µs") return `${digits(value)} µs`;
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)}×`;
}

/** Microseconds of each contender at one shape; the first row is the head. */
export function timeCells(passes, { rows, classes, name }) {
  const own = overPasses(passes, name, "kernel-simd");
  const lines = Object.keys(names).flatMap((side) => {
    const time = overPasses(passes, name, side);
    if (time === null) return [];
    const { median, lowerQuartile, upperQuartile, fastest, lossError, gradientError } = time;
    const perElement = (1e3 * median) / (rows * classes);
    return [
      [
        sideName(side),
        digits(median),
        `${digits(lowerQuartile)}–${digits(upperQuartile)}`,
        digits(fastest),
        perElement.toFixed(2),
        own === null ? "" : digits(median / own.median),
        lossError === undefined ? "" : lossError.toExponential(1),
        gradientError === undefined ? "" : gradientError.toExponential(1),
      ],
    ];
  });
  return [
    [
      `[${rows}, ${classes}]`,
      "median µs",
      "quartiles",
      "fastest",
      "ns per logit",
      "× kernel",
      "loss error",
      "gradient error",
    ],
    ...lines,
  ];
}

/** Lines of cells in columns; the first column to the left, the others to the right. */
export function aligned(cells) {
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "))
    .join("\n");
}

/** The same as a table of Markdown. */
export function markdown(cells) {
  const widths = cells[0].map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

export function printTimes(passes) {
  for (const shape of shapes) console.log(`\n${aligned(timeCells(passes, shape))}`);
}

export function printRatios(rows) {
  console.log(`\n${aligned(ratioCells(rows))}\n`);
}
