import { allNamedByEpsilon, tidied } from "../experiment/arm-naming.ts";
import type { ArmSettings, Results, RunCard } from "../experiment/results.ts";
import { formatCount, formatEpsilon } from "../experiment/verdict-metrics.ts";
import { counted } from "../experiment/verdict-wording.ts";
import { armsTable, needArmsTable, priorInWords, sharedParameters } from "./arms-table.ts";
import { type Html, type HtmlValue, html } from "./html.ts";

/** One line of a card: `wide` where the value is long. */
export type CardEntry = readonly [name: string, value: HtmlValue, width?: "wide"];

/** What was run, on what, by what and where, with the command that does it again. */
export function runCard({
  experiment,
  arms,
  run,
}: Pick<Results, "experiment" | "run"> & { readonly arms: readonly ArmSettings[] }): Html {
  const { data, trainer } = experiment;
  const shared = sharedParameters(arms);
  const entries: readonly CardEntry[] = [
    ["Data", data.name],
    ["Rows", rows(data)],
    ["Classes", `${data.classes}`],
    ...trained(trainer),
    ...(allNamedByEpsilon(arms)
      ? ([["ε", arms.map(({ epsilon }) => formatEpsilon(epsilon)).join(", ")]] as const)
      : ([["Arms", `${arms.length}, the first is the base`]] as const)),
    ...(trainer.kind === "given" ? [] : smoothedAlike(arms)),
    ...(shared === "" ? [] : ([["Parameters", shared]] as const)),
    ["Seeds", experiment.seeds.join(", ")],
    ...provenance(experiment, run, trainer.kind === "built-in" ? undefined : "Trainer hash"),
  ];
  const again = trainer.kind === "given" ? "To judge the same again:" : "To run the same again:";
  return html`${card(entries)}
${needArmsTable(arms) ? armsTable(arms) : null}
${replay(experiment.command, again)}`;
}

function rows({ trainRows, validationRows, testRows }: Results["experiment"]["data"]): string {
  const judged = `${formatCount(validationRows)} validation, ${formatCount(testRows)} test`;
  return trainRows === null
    ? `${judged}; how many trained is not known`
    : `${formatCount(trainRows)} training, ${judged}`;
}

function trained(trainer: Results["experiment"]["trainer"]): readonly CardEntry[] {
  if (trainer.kind === "given") return [["Trainer", "none: the predictions were there"]];
  if (trainer.kind !== "built-in") {
    return [
      [
        trainer.kind === "command" ? "Trainer" : "Trainer module",
        html`<pre>${commandLine(trainer.typed)}</pre>`,
        "wide",
      ],
    ];
  }
  const { model, parameters, epochs, batchSize, optimizer, learningRate, labelNoise } = trainer;
  const noise = `${Number((100 * labelNoise).toPrecision(12))}% of training labels redrawn`;
  return [
    ["Model", `${model}, ${formatCount(parameters)} parameters`],
    ["Training", `${counted(epochs, "epoch")}, batches of ${batchSize}, ${optimizer}, learning rate ${learningRate}`],
    ["Label noise", labelNoise === 0 ? "none" : noise],
  ];
}

/** What every smoothed arm has; where they differ the table of arms says it. */
function smoothedAlike(arms: readonly ArmSettings[]): readonly CardEntry[] {
  const smoothed = arms.filter(({ epsilon }) => epsilon > 0);
  const settings: readonly (readonly [name: string, values: readonly string[]])[] = [
    ["Prior u", smoothed.map(({ prior }) => priorInWords(prior))],
    ["Convention", smoothed.map(({ convention }) => convention)],
  ];
  return settings.flatMap(([name, values]): readonly CardEntry[] => {
    const [first, ...others] = new Set(values);
    return first === undefined || others.length > 0 ? [] : [[name, first]];
  });
}

/** By what and where it was run, and the hashes of what went in: alike for every experiment. */
export function provenance(
  {
    data,
    versions,
    codeVersion,
  }: Pick<Results["experiment"], "versions" | "codeVersion"> & {
    readonly data: { readonly hash: string | null; readonly testLabelsHash?: string };
  },
  { machine, machines, ...run }: RunCard,
  code = "Code hash",
): readonly CardEntry[] {
  return [
    ["Versions", namedVersions(versions)],
    ["Machine", `${machine.cpu}, ${counted(machine.cores, "core")}, ${machine.platform}, Node ${machine.node}`],
    ["Run", `${utc(run.startedAt)}, ${duration(run.seconds)}${carriedOut(run)}${reused(run.trialsReused)}`],
    ...(Object.keys(machines ?? {}).length < 2 ? [] : ([["Trials ran on", trialsOf(machines ?? {})]] as const)),
    ...hash("Data hash", data.hash),
    ...hash("Test labels", data.testLabelsHash ?? null),
    ...hash(code, codeVersion),
  ];
}

/** By whom the trials were carried out; nothing where there were none to carry out. */
function carriedOut({ queue, jobs, trialSeconds }: Pick<RunCard, "queue" | "jobs" | "trialSeconds">): string {
  if (Object.keys(trialSeconds).length === 0) return "";
  const server = servers[queue];
  if (server !== undefined) return `, trials handed out by ${server}`;
  return `${queue === "local" ? "" : `, ${queue}`}, ${counted(jobs, "job")} at a time`;
}

const servers: Readonly<Record<string, string>> = { redis: "Redis", postgresql: "PostgreSQL" };

/** `node-1 7 trials, node-2 5 trials`. */
function trialsOf(machines: Readonly<Record<string, number>>): string {
  return Object.entries(machines)
    .map(([name, trials]) => `${tidied(name)} ${counted(trials, "trial")}`)
    .join(", ");
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
