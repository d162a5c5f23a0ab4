import type { EvaluatedArm, EvaluationResults } from "../../evaluation/evaluation.ts";
import { formatCount, formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { type Html, html } from "../html.ts";
import { type CardEntry, card, duration, namedVersions, replay, utc } from "../run-card.ts";
import { armLabel } from "./arm-names.ts";

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
  const entries: readonly CardEntry[] = [
    ["Bins", `${options.bins}, edges ${options.edges}${preset === null ? "" : `, as ${preset}`}`],
    [
      "Intervals",
      resamples === 0
        ? "none asked for"
        : `${100 * confidenceLevel}%, ${counted(resamples, "bootstrap resample")}, seed ${seed}`,
    ],
    ["Trained with ε", labelSmoothing === null ? "not said" : formatEpsilon(labelSmoothing)],
    ["Run", `${utc(run.startedAt)}, ${duration(run.seconds)}`],
    ["Versions", namedVersions(versions)],
  ];
  return html`${arms.map(
    (arm, index) => html`${arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}${card(sourceEntries(arm))}
`,
  )}${arms.length === 1 ? null : html`<h3>All</h3>`}${card(entries)}
${replay(run.command, "To judge the same again:")}`;
}

function sourceEntries({ source }: EvaluatedArm): readonly CardEntry[] {
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
