// Shows the kept run of `softlabel adversarial` in docs/adversarial.md and in both READMEs.
//
//     node scripts/fill-adversarial-run.js [KEPT.json [FOLDER]]     FOLDER: where the documents go; the repository

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdown } from "../bench/loss/tables.js";
import { publishedRuns } from "../packages/softlabel-cli/dist/experiment/adversarial/published.js";
import { differencesInWords } from "../packages/softlabel-cli/dist/report/adversarial/published-table.js";
import { filled } from "./bench-documents.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const [keptFile = join(root, "bench/results/adversarial-mnist.json"), folder = root] = process.argv.slice(2);
const results = JSON.parse(readFileSync(keptFile, "utf8"));
const { experiment, arms, checks, verdict } = results;
const { attack, data } = experiment;
const attacks = { fgsm: "FGSM", pgd: `PGD-${attack.steps}`, transfer: "transferred" };

fill("docs/adversarial.md", {
  run: run(),
  verdict: quoted(verdict),
  published: published(),
  differences: publishedRuns.map((one) => `- ${one.source}: ${differencesInWords(one, experiment)}`).join("\n"),
  accuracy: accuracy(),
  curves: curves(),
  checks: masking(),
  calibration: calibration(),
});
fill("README.md", { headline: headline("The report: accuracy against the strength of each attack", inEnglish()) });
fill("README.zh-CN.md", { headline: headline("报告：各种攻击强度下的准确率", inChinese()) });

function fill(path, parts) {
  const text = filled(readFileSync(join(root, path), "utf8"), "adversarial", parts);
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function run() {
  const { machine, finishedAt, trialSeconds, jobs } = results.run;
  const [day] = finishedAt.split("T");
  // The run may have been stopped and gone on: its own seconds are those of its last part.
  const minutes = Object.values(trialSeconds).reduce((sum, seconds) => sum + seconds, 0) / 60;
  const trials = `${counted(Object.keys(trialSeconds).length, "trial")}, ${jobs === 1 ? "one" : jobs} at a time`;
  return [
    `${settings()}: ${day}, ${trials}, ${Math.round(minutes)} minutes in sum,`,
    `on ${machine.cores} cores of an ${machine.cpu} beside other programs, Node ${machine.node.slice(1)},`,
    `TensorFlow.js ${experiment.versions["tensorflow.js"]}.`,
    "",
    `    ${experiment.command}`,
  ].join("\n");
}

function settings() {
  const { epochs, seeds } = experiment;
  const parts = [counted(data.trainRows, "image"), counted(epochs, "epoch"), counted(seeds.length, "seed")];
  return `${parts.join(", ")}, the first ${count(data.attackedRows)} test images attacked`;
}

function quoted(sentences) {
  return sentences.map((sentence) => `> ${sentence}`).join("\n>\n");
}

/** Each published accuracy beside ours without and with smoothing, and how far the smoothed one, which the tutorial has, is from it. */
function published() {
  const smoothings = experiment.labelSmoothings;
  const smoothed = smoothings.at(-1);
  const rows = publishedRuns.flatMap(({ source, url, epochs, numbers }) =>
    numbers.map(({ training, rows: read, accuracy: theirs, spread }) => {
      const ours = smoothings.map((epsilon) => armOf(epsilon, training)?.test[read]);
      const where = read === "clean" ? "clean images" : "FGSM";
      return [
        `[${source}](${url}), ${epochs} epochs`,
        `trained ${trained(training)}, ${where}`,
        spread === null ? percent(theirs, 2) : `${percent(theirs, 2)} ± ${percent(spread, 2)}`,
        ...ours.map((value) => percent(value, 2)),
        points(ours.at(-1) - theirs),
      ];
    }),
  );
  const heads = smoothings.map((epsilon) => `here, ε = ${epsilon}`);
  return markdown([["source", "accuracy in %", "published", ...heads, `ε = ${smoothed} − published`], ...rows]);
}

function accuracy() {
  return markdown([
    ["model", "train, clean", "train, FGSM", "test, clean", ...Object.values(attacks).map((name) => `test, ${name}`)],
    ...arms.map((arm) => [
      named(arm),
      percent(arm.train.clean, 1),
      percent(arm.train.fgsm, 1),
      percent(arm.test.clean, 2),
      ...Object.keys(attacks).map((name) => percent(arm.test[name], 1)),
    ]),
  ]);
}

function curves() {
  return Object.entries(attacks)
    .map(([name, label]) =>
      markdown([
        [label, ...experiment.strengths.map(String)],
        ...arms.map((arm) => [named(arm), ...arm.curves[name].map((point) => percent(point.accuracy.mean, 1))]),
      ]),
    )
    .join("\n\n");
}

function masking() {
  const told = (check) =>
    `- ${named(check)}, ${check.name}: **${check.passed ? "passed" : "FAILED"}**. ${check.evidence}`;
  return checks.map(told).join("\n");
}

function calibration() {
  const read = { clean: "clean", fgsm: attacks.fgsm, pgd: attacks.pgd };
  return markdown([
    ["model", "rows", "accuracy", "mean confidence", "of wrong answers", "ECE", "NLL"],
    ...arms.flatMap((arm) =>
      Object.entries(read).map(([name, label]) => {
        const part = arm.calibration[name];
        const shares = [part.accuracy, part.meanConfidence, part.meanConfidenceWrong, part.ece];
        return [named(arm), label, ...shares.map((share) => percent(share, 1)), part.nll.toFixed(3)];
      }),
    ),
  ]);
}

function headline(alt, ran) {
  return `![${alt}](docs/images/adversarial.png)\n\n${quoted(verdict.slice(0, 1))}\n\n${ran}`;
}

function inEnglish() {
  return `${settings()}; [every number, and the published ones beside them](docs/adversarial.md).`;
}

function inChinese() {
  const { epochs, seeds } = experiment;
  return (
    `${count(data.trainRows)} 张训练图像，${epochs} 轮，每组 ${seeds.length} 个随机种子，攻击前 ${count(data.attackedRows)} 张测试图像；` +
    "[全部数字，以及与已发表数字的对照](docs/adversarial.md)。"
  );
}

function armOf(labelSmoothing, training) {
  return arms.find((arm) => arm.labelSmoothing === labelSmoothing && arm.training === training);
}

function named({ labelSmoothing, training }) {
  return `ε = ${labelSmoothing}, ${trained(training)}`;
}

function trained(training) {
  return training === "clean" ? "clean" : `against ${attack.name.toUpperCase()}`;
}

function percent(value, decimals) {
  return typeof value === "number" ? (100 * value).toFixed(decimals) : "–";
}

/** A difference in percentage points. */
function points(difference) {
  if (Number.isNaN(difference)) return "–";
  return `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(2)}`;
}

function counted(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function count(value) {
  return value.toLocaleString("en");
}
