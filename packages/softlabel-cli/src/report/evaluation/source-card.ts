import type { EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import { formatCount, formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { type Html, type HtmlValue, html } from "../html.ts";
import { commandLine, duration, utc } from "../run-card.ts";
import { armLabel } from "./arm-names.ts";

type Entry = readonly [name: string, value: HtmlValue, width?: "wide"];

const kinds: Readonly<Record<EvaluatedArm["source"]["kind"], string>> = {
  logits: "logits",
  probabilities: "probabilities",
  "top-label": "confidence of the first choice, and whether it was right",
};

const fittedOn: Readonly<Record<NonNullable<EvaluatedArm["source"]["fittedOn"]>["what"], string>> = {
  file: "of another file",
  "validation rows": "of the file’s own, marked as validation",
  split: "of the file, drawn by the seed; nothing else is judged on them",
  halves: "in two halves drawn by the seed, each mended by what the other was fitted to",
};

/** What was judged, how, and the command that does it again. */
export function sourceCard({ arms, options, run }: EvaluationResults): Html {
  const { versions, labelSmoothing, resamples, confidenceLevel, seed, preset } = options;
  const entries: readonly Entry[] = [
    ["Bins", `${options.bins}, edges ${options.edges}${preset === null ? "" : `, as ${preset}`}`],
    [
      "Intervals",
      resamples === 0
        ? "none asked for"
        : `${100 * confidenceLevel}%, ${counted(resamples, "bootstrap resample")}, seed ${seed}`,
    ],
    ["Trained with ε", labelSmoothing === null ? "not said" : formatEpsilon(labelSmoothing)],
    ["Run", `${utc(run.startedAt)}, ${duration(run.seconds)}`],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
  ];
  return html`${arms.map(
    (arm, index) => html`${arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}${card(sourceEntries(arm))}
`,
  )}${arms.length === 1 ? null : html`<h3>All</h3>`}${card(entries)}
<p class="replay">To judge the same again:</p>
<pre>${commandLine(run.command)}</pre>`;
}

function sourceEntries({ source }: EvaluatedArm): readonly Entry[] {
  const dropped = source.dropped === 0 ? "" : `; ${counted(source.dropped, "invalid row")} left out`;
  return [
    ["File", source.path, "wide"],
    ["Rows", `${formatCount(source.rows)}${dropped}`],
    ["Classes", source.kind === "top-label" ? "not in the file" : formatCount(source.classes)],
    ["Holds", kinds[source.kind]],
    [
      "Fitted on",
      source.fittedOn === null
        ? "nothing was fitted"
        : `${counted(source.fittedOn.rows, "row")} ${fittedOn[source.fittedOn.what]}`,
    ],
    ["Data hash", html`SHA-256 <code>${source.hash}</code>`, "wide"],
  ];
}

function card(entries: readonly Entry[]): Html {
  return html`<dl class="card">${entries.map(
    ([name, value, width = "half"]) => html`<div class="${width}"><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`;
}
