import type { EvaluatedArm, EvaluationResults, SmoothingReading } from "../../evaluation/evaluation.ts";
import { formatEpsilon, formatNumber } from "../../experiment/verdict-metrics.ts";
import { type Html, html } from "../html.ts";
import { type Term, termList } from "../method-terms.ts";
import { armLabel } from "./arm-names.ts";
import { isNumber } from "./measures.ts";

/** What ε of the training means for the predictions; null where nobody said ε. */
export function smoothingSection({ arms }: EvaluationResults): Html | null {
  const read = arms.map((arm, index) => ({ arm, index })).filter(({ arm }) => arm.smoothing !== null);
  if (read.length === 0) return null;
  return html`<section id="smoothing"><h2>What label smoothing did</h2>
<p class="note">A model trained with label smoothing aims at q′ = (1 − ε) q + ε/K and not at the truth: at its optimum it gives its first choice 1 − ε + ε/K, however often that is right.</p>
${read.map(({ arm, index }) => html`${arms.length === 1 ? null : html`<h3>${armLabel(arm, index)}</h3>`}${reading(arm)}`)}
</section>
`;
}

function reading({ smoothing, metrics }: EvaluatedArm): Html {
  const { epsilon, floor, smoothedLoss, targetConfidence, meanConfidence, temperature } = smoothing as SmoothingReading;
  const percent = (share: number | null): string => `${formatNumber(isNumber(share) ? 100 * share : Number.NaN, 1)}%`;
  const accuracy = metrics.accuracy?.value;
  const entries: readonly Term[] = [
    ["ε", formatEpsilon(epsilon)],
    ["Smoothed loss", lossInWords(smoothedLoss, floor)],
    [
      "Confidence",
      `${percent(meanConfidence)} in the mean; the smoothed optimum would have ${percent(targetConfidence)}${isNumber(accuracy) ? `, and ${percent(accuracy)} of the rows are right` : ""}.`,
    ],
    ["Temperature that undoes it", undoing(temperature)],
  ];
  return termList(entries);
}

function undoing(temperature: number | null): string {
  if (!isNumber(temperature)) return "Not fitted: no rows were set apart for it.";
  const t = formatNumber(temperature, 3);
  if (temperature < 1) return `T = ${t}, below one: the model is less sure than it may be, as smoothing makes it.`;
  if (temperature > 1) return `T = ${t}, above one: over-confident all the same; smoothing did not go far enough.`;
  return "T = 1: there is nothing to undo.";
}

function lossInWords(loss: number | null, floor: number): string {
  const least = `Its floor H(q′) is ${formatNumber(floor, 4)} nats`;
  if (!(isNumber(loss) && Number.isFinite(loss))) {
    return `Infinite on these rows, where some class has probability 0. ${least}.`;
  }
  return `${formatNumber(loss, 4)} nats on these rows. ${least}; the ${formatNumber(loss - floor, 4)} between is the divergence of p from q′, what is left to learn of q′.`;
}
