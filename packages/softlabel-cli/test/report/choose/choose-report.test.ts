import { stripVTControlCharacters } from "node:util";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { ChooseResults } from "../../../src/experiment/choose/results.ts";
import { chooseSummary } from "../../../src/report/choose/choose-summary.ts";
import { chooseFigures, chooseTables, renderChooseReport } from "../../../src/report/choose/render-choose-report.ts";
import { csvText } from "../../../src/report/csv.ts";
import { imaginedChoice, threeEpsilons } from "./support/imagined.ts";

const parsed = (results: ChooseResults): ReturnType<typeof parseHTML>["document"] =>
  parseHTML(renderChooseReport(results)).document;
const numberIn = (text: string | null | undefined): number =>
  Number((text ?? "").replaceAll("−", "-").replace("+", "").replace("%", "").trim());

describe("the document", () => {
  const results = imaginedChoice({});
  const document = parsed(results);

  test("opens with the verdict's first sentence, and the others follow in order", () => {
    const spoken = [document.querySelector("h1"), ...document.querySelectorAll(".verdict li")].map((element) =>
      element?.textContent?.replaceAll("\u00a0", " ").trim(),
    );
    expect(spoken).toEqual(results.verdict);
  });

  test("has every part, in order, each link of the contents leading to one", () => {
    const ids = [...document.querySelectorAll("section")].map(({ id }) => id);
    expect(ids).toEqual(["choice", "validation", "test", "run", "method"]);
    const links = [...document.querySelectorAll('.contents a[href^="#"]')].map((a) => a.getAttribute("href")?.slice(1));
    expect(links).toEqual(ids);
  });

  test("runs no script and asks for nothing outside", () => {
    const page = renderChooseReport(results);
    expect(page).not.toMatch(/<script|\bsrc=|@import|https?:(?!\/\/www\.w3\.org)/);
  });

  test("the table has a line for each ε with the numbers of the results, the chosen one marked", () => {
    const rows = [...document.querySelectorAll("#validation tbody tr")];
    expect(rows.map((row) => Number(row.getAttribute("data-epsilon")))).toEqual(
      results.arms.map(({ epsilon }) => epsilon),
    );
    for (const [i, row] of rows.entries()) {
      const cells = [...row.querySelectorAll("td")].map(({ textContent }) => textContent);
      expect(numberIn(cells[0])).toBeCloseTo(results.arms[i].objective.mean, 4);
      expect(numberIn(cells[3])).toBeCloseTo(100 * Number(results.arms[i].metrics.accuracy?.mean), 1);
    }
    expect(rows.map((row) => row.querySelector(".remark")?.textContent)).toEqual([
      "",
      "chosen, within one standard error",
      "best",
      "",
    ]);
  });

  test("the test rows' table has the chosen ε beside 0 with difference, interval and p", () => {
    const [head, ...rows] = [...document.querySelectorAll("#test tr")].map((row) =>
      [...row.querySelectorAll("th,td")].map(({ textContent }) => textContent?.trim()),
    );
    expect(head).toEqual(["Metric", "ε = 0", "ε = 0.05", "Difference", "95% interval", "p", "Shown"]);
    const nll = rows.find(([name]) => name === "NLL, temperature-scaled");
    const [zero, chosen] = results.test.arms;
    expect(numberIn(nll?.[1])).toBeCloseTo(Number(zero.metrics.nllAfterTemperature?.mean), 4);
    expect(numberIn(nll?.[2])).toBeCloseTo(Number(chosen.metrics.nllAfterTemperature?.mean), 4);
    expect(numberIn(nll?.[3])).toBeCloseTo(Number(chosen.difference?.nllAfterTemperature?.mean), 4);
    expect(nll?.at(-1)).toBe("✓ better");
  });

  test("every text from outside is escaped", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const page = renderChooseReport(
      imaginedChoice({
        experiment: { data: { ...results.experiment.data, name: evil }, trainer: { kind: "command", typed: evil } },
      }),
    );
    expect(page).not.toContain("<img");
    expect(page).toContain("&#60;img");
  });
});

describe("the figure", () => {
  const results = imaginedChoice({});
  const [figure] = chooseFigures(results);
  const [values, losses] = figure.groups[0].map(({ svg }) => parseHTML(svg).document);

  test("has a mark for each ε in both panels, a triangle for what was tried afterwards", () => {
    for (const panel of [values, losses]) {
      const circles = [...panel.querySelectorAll('circle[fill="var(--arm-1)"]')];
      expect(circles.map((circle) => circle.getAttribute("r"))).toEqual(["3", "3", "3"]);
      expect(panel.querySelectorAll('path[fill="var(--arm-2)"]')).toHaveLength(1);
    }
  });

  test("has a larger mark for the chosen ε", () => {
    const [{ groups }] = chooseFigures(imaginedChoice({ refined: [] }));
    for (const { svg } of groups[0]) {
      const circles = [...parseHTML(svg).document.querySelectorAll("circle")];
      circles.sort((a, b) => Number(a.getAttribute("cx")) - Number(b.getAttribute("cx")));
      expect(circles.map((circle) => circle.getAttribute("r"))).toEqual(["3", "6", "3", "3"]);
    }
  });

  test("has a thin line for each seed", () => {
    expect([...values.querySelectorAll('g[stroke="var(--muted)"] path')]).toHaveLength(results.experiment.seeds.length);
  });

  test("says its numbers to those who do not see it", () => {
    expect(values.querySelector("title")?.textContent).toBe(
      `NLL, temperature-scaled by ε, means over seeds: ${results.arms
        .map(({ epsilon, objective }) => `${objective.mean.toFixed(4)} at ε = ${epsilon}`)
        .join(", ")}.`,
    );
  });

  test("has its numbers as a table, one row for each ε and seed", () => {
    expect(figure.csv.rows).toHaveLength(results.arms.length * results.experiment.seeds.length);
  });
});

describe.each<[string, ChooseResults]>([
  ["ε = 0 alone", imaginedChoice({ nll: { 0: threeEpsilons[0] } })],
  ["ε = 0 chosen", imaginedChoice({ nll: { 0: [0.05, 0.06, 0.055], 0.1: [0.08, 0.09, 0.1] }, refined: [] })],
  ["one seed", imaginedChoice({ nll: { 0: [0.1], 0.1: [0.08], 0.2: [0.09] }, refined: [] })],
  ["a weighted sum", imaginedChoice({ objective: "nll-after-temperature=1,accuracy=0.5" })],
  ["accuracy", imaginedChoice({ objective: "accuracy" })],
  ["a search", imaginedChoice({ searched: true })],
  ["results from their file", JSON.parse(JSON.stringify(imaginedChoice({})))],
])("of %s", (_, results) => {
  test("no undefined, NaN or empty number is on the page, and no table is empty", () => {
    const page = renderChooseReport(results);
    expect(page).not.toMatch(/undefined|NaN|\[object|null/);
    expect(chooseTables(results).map((table) => csvText(table).split("\r\n").length)).toEqual(
      expect.arrayContaining([expect.any(Number)]),
    );
    for (const table of chooseTables(results)) expect(table.rows.length).toBeGreaterThan(0);
  });

  test("the terminal's table is aligned and no wider than 100 columns", () => {
    const plain = chooseSummary(results, { color: false });
    for (const line of plain.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(plain.split("\n")).toHaveLength(results.arms.length + 2);
    expect(stripVTControlCharacters(chooseSummary(results, { color: true }))).toBe(plain);
  });
});

test("the terminal shows what was chosen", () => {
  expect(chooseSummary(imaginedChoice({}), { color: false })).toMatchInlineSnapshot(`
    "On the validation rows, mean over seeds
    ε     NLL, after T (nats)   behind the best  Accuracy (%)  ECE (%)
    0                  0.1004  +0.0201 ± 0.0002         96.65     1.00
    0.05               0.0807  +0.0004 ± 0.0013         97.31     3.50  chosen, ≈ best
    0.1                0.0803                 0         97.32     6.00  best
    0.2                0.0904  +0.0101 ± 0.0006         96.99    11.00"
  `);
});
