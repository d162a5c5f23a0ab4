// Shows the raw results of `npm run bench -- choosing`, and those of a real choice, in docs/choosing.md.
//
//     node scripts/tables-choosing-bench.js [CHOOSING.md [FIGURE.svg]]

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { markdown } from "../bench/loss/tables.js";
import { chooseVerdict } from "../packages/softlabel-cli/dist/experiment/choose/verdict.js";
import { armCells, armColumns, armRemark } from "../packages/softlabel-cli/dist/report/choose/arms-table.js";
import { objectiveByEpsilon } from "../packages/softlabel-cli/dist/report/choose/objective-by-epsilon.js";
import { standaloneSvg } from "../packages/softlabel-cli/dist/report/drawing.js";
import { filled } from "./bench-documents.js";

const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [documentFile = inRepository("docs/choosing.md"), figureFile = inRepository("docs/images/choosing-lenet5.svg")] =
  process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(inRepository(path), "utf8"));
const { experiments, measured, cells } = read("bench/results/choosing.json");
const real = read("packages/softlabel-cli/test/fixtures/results-choose-lenet5.json");

const ours = "paired standard error";
const seedCounts = [...new Set(cells.map(({ seeds }) => seeds))];
const truths = [...new Set(cells.map(({ truth }) => truth))];
const cellOf = (noise, truth, seeds) =>
  cells.find((cell) => cell.noise === noise && cell.truth === truth && cell.seeds === seeds);

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const nats = (value) => value.toFixed(4);

const document = readFileSync(inRepository("docs/choosing.md"), "utf8");
writeFileSync(
  documentFile,
  filled(document, "choosing", {
    real: realChoice(),
    setting: setting(),
    rule: markdown(ruleCells()),
    rivals: markdown(rivalCells()),
    refinement: markdown(refinementCells()),
  }),
);

writeFileSync(figureFile, figure());

/** How far each ε lies behind the best. */
function figure() {
  const { groups, legend } = objectiveByEpsilon(real);
  const panel = groups.flat().find(({ name }) => name === "behind-the-best");
  return standaloneSvg(panel, legend);
}

/** The verdict as it is printed, without the commands, and every ε. */
function realChoice() {
  const said = chooseVerdict(real).map((sentence) => `> ${sentence.replace(/ To see: .*/, "")}`);
  const table = [
    ["ε", ...armColumns(real), ""],
    ...real.arms.map((arm) => [`${arm.epsilon}`, ...armCells(real, arm), armRemark(real, arm.epsilon)]),
  ];
  const seeds = `${real.experiment.seeds.length} seeds, ${real.experiment.data.validationRows.toLocaleString("en")} validation rows each:`;
  return `${seeds}\n\n${said.join("\n>\n")}\n\n${markdown(table)}`;
}

function setting() {
  const { level, gain, seed, own } = measured;
  return (
    `Each line is ${experiments.toLocaleString("en")} experiments. At ε = 0 the loss is ${nats(level)} nats; the best ε gains ${nats(gain)}, or a quarter ` +
    `of it where that is said, and where 0 is best, ε = 0.1 loses as much. A seed moves every ε alike with a standard ` +
    `deviation of ${nats(seed)}, and each trial has ${nats(own)} of its own.`
  );
}

/** Within a step of the grid, how often 0, and what is lost, at each number of seeds. */
function ruleCells() {
  return [
    ["truth", ...seedCounts.flatMap((seeds) => [`${seeds} seeds: within a step`, "says 0", "lost, nats"])],
    ...truths.map((truth) => [
      truth,
      ...seedCounts.flatMap((seeds) => {
        const { best, rules } = cellOf("even", truth, seeds);
        const { near, zero, regret } = rules[ours];
        return [best === null ? "any is" : percent(near), percent(zero), nats(regret)];
      }),
    ]),
  ];
}

/** The rule beside others: what is lost, and how often it says 0. */
function rivalCells() {
  const rules = Object.keys(cells[0].rules);
  const cases = [
    ["even", "0.1 is best"],
    ["even", "0.1 is best, a quarter of the gain"],
    ["even", "0 is best"],
    ["even", "all are equal"],
    ["one trial in fifty goes wrong", "0.1 is best"],
    ["one trial in fifty goes wrong", "0.1 is best, a quarter of the gain"],
    ["twice as much at ε = 0", "0 is best"],
  ];
  return [
    ["noise", "truth", "seeds", ...rules],
    ...cases.flatMap(([noise, truth]) =>
      [3, 6].map((seeds) => [
        noise,
        truth,
        `${seeds}`,
        ...rules.map((rule) => {
          const { zero, regret } = cellOf(noise, truth, seeds).rules[rule];
          return `${nats(regret)}, 0 in ${percent(zero)}`;
        }),
      ]),
    ),
  ];
}

/** What is lost with the grid alone and with the grid refined, and how much better the choice looks than it is. */
function refinementCells() {
  return [
    ["truth", "seeds", "grid alone: lost, nats", "refined: lost, nats", "looks better than it is by, nats"],
    ...truths.map((truth) => {
      const { rules, unrefined } = cellOf("even", truth, 6);
      return [truth, "6", nats(unrefined[ours].regret), nats(rules[ours].regret), nats(rules[ours].optimism)];
    }),
  ];
}
