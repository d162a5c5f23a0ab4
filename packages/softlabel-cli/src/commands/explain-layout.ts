import type { Paint } from "./console.ts";
import type { Explanation, Row } from "./explain-row.ts";

const shownClasses = 20;
const nameWidth = 10;
const barWidth = 8;

/** The explanation as text for 80 columns. */
export function layOutExplanation(row: Row, e: Explanation, names: readonly string[], paint: Paint): string {
  return [classTable(row, e, names, paint), lossTable(row, e, paint), tensorflowTable(row, e, paint)].join("\n");
}

function classTable(row: Row, e: Explanation, names: readonly string[], paint: Paint): string {
  const shown = classesToShow(e, row.label);
  const heading = ["class".padEnd(nameWidth), "logit z".padStart(8), ...["p: model", "q: label", "q′: target"]];
  const lines = [
    `${heading.slice(0, 2).join(" ")}  ${heading
      .slice(2)
      .map((title) => title.padEnd(7 + barWidth))
      .join("  ")}  ${"p − q′".padStart(8)}`,
  ];
  for (const k of shown) {
    const name = padColumns(names[k] ?? "", nameWidth - 2) + (k === row.label ? " ←" : "  ");
    const cells = [e.probabilities, e.target, e.smoothedTarget].map((list) => shareAndBar(list[k] ?? 0));
    const line = `${name} ${logit(row.logits[k] ?? 0).padStart(8)}  ${cells.join("  ")}  ${signed(e.gradLogits[k] ?? 0)}`;
    lines.push(k === row.label ? paint("bold", line) : line);
  }
  const hidden = row.logits.length - shown.length;
  if (hidden > 0) lines.push(paint("dim", `… and ${hidden} classes that the model finds less likely`));
  return `${lines.join("\n")}\n`;
}

/** Everything when it fits; else the label and what the model finds most likely, in class order. */
function classesToShow({ probabilities }: Explanation, label: number): number[] {
  const all = probabilities.map((_, k) => k);
  if (all.length <= shownClasses) return all;
  const likely = all.filter((k) => k !== label).sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  return [label, ...likely.slice(0, shownClasses - 1)].sort((a, b) => a - b);
}

function lossTable(row: Row, e: Explanation, paint: Paint): string {
  const [hard, smooth] = [weight(1 - e.priorShare), weight(e.priorShare)];
  const prior = row.convention === "other-classes" ? "the other classes" : "the prior";
  const sum = `${hard}·H(q, p) + ${smooth}·H(u, p)`;
  const lines: readonly (readonly [string, string, number])[] = [
    ["H(q, p)", "cross-entropy to the label, unsmoothed", e.crossEntropy],
    ["H(u, p)", `cross-entropy to ${prior}`, e.priorCrossEntropy],
    ["H(q′, p)", `the loss = ${sum}`, e.loss],
    ["H(q′)", "its floor: no model can go below it", e.floor],
    ["KL(q′‖p)", "what training can still gain: loss − floor", e.loss - e.floor],
  ];
  const text = lines.map(([symbol, meaning, value]) => {
    const line = `  ${symbol.padEnd(9)} ${meaning.padEnd(56)}${nats(value).padStart(10)}`;
    return symbol === "H(q′, p)" ? paint("bold", line) : line;
  });
  if (e.loss === Infinity) text.push("  A class with a logit of −inf holds mass of q′, so that no loss is finite.");
  return `Loss in nats (${description(row)})\n${text.join("\n")}\n`;
}

function description({ labelSmoothing, prior, convention }: Row): string {
  const u = prior === null ? "uniform prior" : `prior ${prior.map((share) => weight(share)).join(", ")}`;
  const text = `ε = ${weight(labelSmoothing)}, ${u}, ${convention}`;
  return text.length <= 64 ? text : `ε = ${weight(labelSmoothing)}, given prior, ${convention}`;
}

function tensorflowTable(row: Row, { loss, tensorflow }: Explanation, paint: Paint): string {
  const epsilon = weight(row.labelSmoothing);
  const { labelSmoothing, manual } = tensorflow;
  const difference = labelSmoothing === manual ? 0 : Math.abs(labelSmoothing - manual);
  const lines = [
    "TensorFlow, which smooths toward the uniform prior only",
    `  label_smoothing=${epsilon}`.padEnd(58) + digits(labelSmoothing).padStart(20),
    `  y -= ${epsilon} * (y - 1/${row.logits.length}), then no smoothing`.padEnd(58) + digits(manual).padStart(20),
    `  difference`.padEnd(58) + difference.toPrecision(1).padStart(20),
  ];
  const same = Math.abs(loss - labelSmoothing) <= 1e-12 * Math.abs(loss) || loss === labelSmoothing;
  if (!same) lines.push(paint("dim", "  Not the loss above: TensorFlow has neither your prior nor your convention."));
  return `${lines.join("\n")}\n`;
}

function shareAndBar(share: number): string {
  return `${probability(share)} ${bar(share)}`;
}

/** Eighths of a column, so that 1/64 of the bar is seen. */
function bar(share: number): string {
  const eighths = Math.round(share * barWidth * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + ("▏▎▍▌▋▊▉"[(eighths % 8) - 1] ?? "")).padEnd(barWidth);
}

/** Six columns: 0.6652, and 2e-9 where four decimals would say 0. */
function probability(share: number): string {
  const text = share === 0 || share >= 5e-5 ? share.toFixed(4) : share.toExponential(0);
  return text.padStart(6);
}

function signed(value: number): string {
  const text = Math.abs(value) >= 5e-5 || value === 0 ? Math.abs(value).toFixed(4) : Math.abs(value).toExponential(0);
  return `${value === 0 ? "" : value < 0 ? "−" : "+"}${text}`.padStart(8);
}

function logit(z: number): string {
  if (z === -Infinity) return "−inf";
  const plain = String(z);
  return (plain.length <= 8 ? plain : z.toPrecision(3)).replace(/^-/, "−");
}

/** As the user would write it: 0.9, where 1 − 0.1 may end in …0000001. */
function weight(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function nats(value: number): string {
  if (value === Infinity) return "∞";
  return value < 1e3 ? value.toFixed(6) : value.toExponential(3);
}

function digits(value: number): string {
  return value === Infinity ? "∞" : String(value);
}

/** Pads or cuts to `columns`, counting East Asian characters as the two columns that they take. */
function padColumns(text: string, columns: number): string {
  let kept = "";
  let width = 0;
  for (const character of text) {
    const step = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(character) ? 2 : 1;
    if (width + step > columns) break;
    kept += character;
    width += step;
  }
  return kept + " ".repeat(columns - width);
}
