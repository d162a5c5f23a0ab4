import type { ChooseExperiment, ChooseResults } from "../../experiment/choose/results.ts";
import { formatCount, formatEpsilon } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { type Html, html } from "../html.ts";
import { type CardEntry, card, provenance, replay } from "../run-card.ts";

/** What was run, on what, by what and where, with the command that does it again. */
export function chooseCard({ experiment, arms, run }: ChooseResults): Html {
  const { data, grid, refined, objective, seeds } = experiment;
  const count = (rows: number | null): string => (rows === null ? "–" : formatCount(rows));
  const { prior, convention } = arms[arms.length - 1];
  return html`${card([
    ["Data", data.name],
    [
      "Rows",
      `${count(data.trainRows)} training, ${count(data.validationRows)} validation, ${count(data.testRows)} test`,
    ],
    ["Classes", `${data.classes}`],
    ...trained(experiment),
    ["Chosen by", objective.text],
    ["Grid of ε", grid.map(formatEpsilon).join(", ")],
    ["Tried then", refined.length === 0 ? "nothing" : refined.map(formatEpsilon).join(", ")],
    ["Prior u", typeof prior === "string" ? prior : prior.join(", ")],
    ["Convention", convention],
    ["Seeds", seeds.join(", ")],
    ...searched(experiment, arms),
    ...provenance(experiment, run),
  ])}
${replay(experiment.command)}`;
}

function trained({ trainer, search }: ChooseExperiment): readonly CardEntry[] {
  if (trainer.kind === "given") return [];
  if (trainer.kind !== "built-in") return [["Trainer", html`<code>${trainer.typed}</code>`, "wide"]];
  const { model, parameters, epochs, batchSize, optimizer, learningRate, labelNoise } = trainer;
  const tuned = search === null ? "" : ", but for what was searched";
  return [
    ["Model", `${model}, ${formatCount(parameters)} parameters`],
    [
      "Training",
      `${counted(epochs, "epoch")}, batches of ${batchSize}, ${optimizer}, learning rate ${learningRate}${tuned}`,
    ],
    [
      "Label noise",
      labelNoise === 0 ? "none" : `${Number((100 * labelNoise).toPrecision(12))}% of training labels redrawn`,
    ],
  ];
}

function searched({ search }: ChooseExperiment, arms: ChooseResults["arms"]): readonly CardEntry[] {
  if (search === null) return [];
  const found = arms.map(({ epsilon, parameters }) => {
    const values = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
    return `${formatEpsilon(epsilon)}: ${values.join(", ")}`;
  });
  return [
    ["Searched", search.parameters.join("; "), "wide"],
    [
      "Settings",
      `${counted(search.candidates, "setting")} (${search.sampler}) at every ε, ${counted(search.trials, "trial")}, ${search.earlyStopping ? `${search.stopped} stopped early` : "each to its end"}`,
    ],
    ["Found", found.join("; "), "wide"],
  ];
}
