import type { AdversarialExperiment, AdversarialResults } from "../../experiment/adversarial/results.ts";
import { formatCount, formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { type Html, html } from "../html.ts";
import { card, provenance, replay } from "../run-card.ts";
import { strengthInWords } from "./arm-names.ts";

/** What was run, on what, by what and where, with the command that does it again. */
export function adversarialCard({ experiment, run }: AdversarialResults): Html {
  const { data, attack, labelSmoothings, doubleSmoothing } = experiment;
  return html`${card([
    ["Data", `${data.name}, ${data.height} × ${data.width}${data.channels === 1 ? "" : ` × ${data.channels}`}`],
    [
      "Rows",
      `${formatCount(data.trainRows)} training, ${formatCount(data.testRows)} test, the first ${formatCount(data.attackedRows)} of them attacked`,
    ],
    ["Classes", `${data.classes}`],
    ["Model", `${experiment.model}, ${formatCount(experiment.parameters)} parameters`],
    [
      "ε",
      labelSmoothings
        .map(
          (epsilon) => `${formatEpsilon(epsilon)}${doubleSmoothing && epsilon > 0 ? ` twice, ${twice(epsilon)}` : ""}`,
        )
        .join(", "),
    ],
    ["Seeds", experiment.seeds.join(", ")],
    [
      "Training",
      `${counted(experiment.epochs, "epoch")}, batches of ${experiment.batchSize}, ${experiment.optimizer}, learning rate ${experiment.learningRate}`,
    ],
    ["Trained against", trainedAgainst(experiment)],
    ["Attacks", strengthInWords(experiment)],
    ["PGD", `${counted(attack.steps, "step")} of ${rounded(attack.stepSize)}, ${counted(attack.restarts, "start")}`],
    ["Strengths", experiment.strengths.join(", ")],
    ...provenance(experiment, run),
  ])}
${replay(experiment.command)}`;
}

function trainedAgainst({ attack }: AdversarialExperiment): string {
  if (attack.name === "none") return "nothing: no arm was trained against an attack";
  return `${attack.name.toUpperCase()}, weight ${attack.coefficient} of the loss`;
}

/** ε applied twice is 1 − (1 − ε)², without the dust of binary fractions. */
export function twice(epsilon: number): string {
  return rounded(1 - (1 - epsilon) ** 2);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}
