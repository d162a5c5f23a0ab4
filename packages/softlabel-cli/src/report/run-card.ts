import type { Results, RunCard } from "../experiment/results.ts";
import { formatCount, formatEpsilon } from "../experiment/verdict-metrics.ts";
import { counted } from "../experiment/verdict-wording.ts";
import { type Html, type HtmlValue, html } from "./html.ts";

/** One line of a card: `wide` where the value is long. */
export type CardEntry = readonly [name: string, value: HtmlValue, width?: "wide"];

/** What was run, on what, by what and where, with the command that does it again. */
export function runCard({ experiment, arms, run }: Results): Html {
  const { data, trainer } = experiment;
  const count = (rows: number | null): string => (rows === null ? "–" : formatCount(rows));
  const entries: readonly CardEntry[] = [
    ["Data", data.name],
    [
      "Rows",
      `${count(data.trainRows)} training, ${count(data.validationRows)} validation, ${count(data.testRows)} test`,
    ],
    ["Classes", `${data.classes}`],
    ...trained(trainer),
    ["ε", arms.map(({ epsilon }) => formatEpsilon(epsilon)).join(", ")],
    ["Prior u", distinct(arms.map(({ prior }) => (typeof prior === "string" ? prior : prior.join(", "))))],
    ["Convention", distinct(arms.map(({ convention }) => convention))],
    ["Seeds", experiment.seeds.join(", ")],
    ...provenance(experiment, run),
  ];
  return html`${card(entries)}
${replay(experiment.command)}`;
}

function trained(trainer: Results["experiment"]["trainer"]): readonly CardEntry[] {
  if (trainer.kind === "given") return [["Trainer", "predictions that were there"]];
  if (trainer.kind !== "built-in") return [["Trainer", html`<code>${trainer.typed}</code>`, "wide"]];
  const { model, parameters, epochs, batchSize, optimizer, learningRate, labelNoise } = trainer;
  const noise = `${Number((100 * labelNoise).toPrecision(12))}% of training labels redrawn`;
  return [
    ["Model", `${model}, ${formatCount(parameters)} parameters`],
    ["Training", `${counted(epochs, "epoch")}, batches of ${batchSize}, ${optimizer}, learning rate ${learningRate}`],
    ["Label noise", labelNoise === 0 ? "none" : noise],
  ];
}

/** What the arms have, each once: for most experiments one. */
function distinct(values: readonly string[]): string {
  return [...new Set(values)].join("; ");
}

/** By what and where it was run, and the hashes of what went in: alike for every experiment. */
export function provenance(
  {
    data,
    versions,
    codeVersion,
  }: Pick<Results["experiment"], "versions" | "codeVersion"> & {
    readonly data: { readonly hash: string | null };
  },
  { machine, ...run }: RunCard,
): readonly CardEntry[] {
  return [
    ["Versions", namedVersions(versions)],
    ["Machine", `${machine.cpu}, ${counted(machine.cores, "core")}, ${machine.platform}, Node ${machine.node}`],
    [
      "Run",
      `${utc(run.startedAt)}, ${duration(run.seconds)}, ${counted(run.jobs, "job")} at a time${reused(run.trialsReused)}`,
    ],
    ...hash("Data hash", data.hash),
    ...hash("Code hash", codeVersion),
  ];
}

function hash(name: string, digits: string | null): readonly CardEntry[] {
  return digits === null ? [] : [[name, html`SHA-256 <code>${digits}</code>`, "wide"]];
}

/** `softlabel 0.1.0, tensorflow.js 4.22.0`. */
export function namedVersions(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** Names and values, in two columns where there is room. */
export function card(entries: readonly CardEntry[]): Html {
  return html`<dl class="card">${entries.map(
    ([name, value, width = "half"]) => html`<div class="${width}"><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`;
}

/** The command that does the same again, under `lead`. */
export function replay(command: string, lead = "To run the same again:"): Html {
  return html`<p class="replay">${lead}</p>
<pre>${commandLine(command)}</pre>`;
}

/** A command that breaks between its options and never inside their dashes. */
export function commandLine(command: string): Html {
  return html`<code>${command.split(/ (?=--)/).map((word, i) => html`${i === 0 ? "" : " "}<span>${word}</span>`)}</code>`;
}

function reused(trials: number): string {
  return trials === 0 ? "" : `, ${counted(trials, "trial")} taken from an earlier run`;
}

/** `2026-11-24T06:16:41.000Z` → `2026-11-24 06:16 UTC`; anything else as it is. */
export function utc(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(time);
  return match === null ? time : `${match[1]} ${match[2]} UTC`;
}

/** `90.4` → `1 min 30 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
