import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { BuiltInTrainer, Difference, MetricName, Results, Summary } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import { judge } from "../../src/experiment/verdict-evidence.ts";
import { metricStyles, printedScale } from "../../src/experiment/verdict-metrics.ts";
import { wilsonInterval } from "../../src/experiment/wilson-interval.ts";
import { csvText } from "../../src/report/csv.ts";
import { allFigures } from "../../src/report/figures/all-figures.ts";
import { metricsByEpsilon } from "../../src/report/figures/metrics-by-epsilon.ts";
import { reliabilityDiagrams } from "../../src/report/figures/reliability.ts";
import { judgementMarks, metricsCsv, metricsTable } from "../../src/report/metrics-table.ts";
import { renderReport } from "../../src/report/report.ts";
import { evidence, type ImaginedArm } from "./support/evidence.ts";
import { lenet5Results } from "./support/fixtures.ts";

const lenet5 = lenet5Results();
const report = renderReport(lenet5);

function withVerdict(results: Omit<Results, "verdict">): Results {
  return { ...results, verdict: verdict(results) };
}

function imagined(seeds: number, arms: Readonly<Record<string, ImaginedArm>>): Results {
  return withVerdict(evidence(seeds, arms));
}

function parsed(html: string): ReturnType<typeof parseHTML>["document"] {
  return parseHTML(html).document;
}

/** What is written as a number: true minus, thousands separators, no unit. */
function numberIn(text: string): number {
  return Number(text.replaceAll("−", "-").replaceAll(",", "").replace("+", "").replace("%", "").trim());
}

/** The printed text is `value` in the metric's unit, rounded to the decimals that are printed. */
function expectPrinted(text: string, metric: MetricName, value: number | null | undefined): void {
  const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  expect(
    Math.abs(numberIn(text) - (value ?? Number.NaN) * printedScale(metric)),
    `${metric}: ${text} for ${value}`,
  ).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals);
}

describe("the table", () => {
  test.each([
    ["LeNet-5 on MNIST", lenet5],
    [
      "three smoothed arms",
      imagined(7, { 0.05: { shift: { accuracy: 0.01 } }, 0.1: { shift: { nll: 0.1 } }, 0.2: {} }),
    ],
  ])("every number in it is the one of the results: %s", (_, results) => {
    const table = parsed(`<body>${metricsTable(results).html}</body>`);
    let compared = 0;
    for (const body of table.querySelectorAll("tbody")) {
      const metric = body.getAttribute("data-metric") as MetricName;
      for (const arm of results.arms) {
        const row = body.querySelector(`tr[data-arm="${arm.name}"]`);
        const cell = (name: string): string => row?.querySelector(`.${name}`)?.textContent ?? "";
        const { mean, sd } = arm.metrics[metric] as Summary;
        const [printedMean = "", printedSd = ""] = cell("mean").split("±");
        expectPrinted(printedMean, metric, mean);
        expectPrinted(printedSd, metric, sd);
        compared += 2;
        if (arm.difference === null) continue;
        const difference = arm.difference[metric] as Difference;
        const [low = "", high = ""] = cell("interval").split(" to ");
        expectPrinted(cell("difference"), metric, difference.mean);
        expectPrinted(low, metric, difference.low);
        expectPrinted(high, metric, difference.high);
        const [p, pHolm] = [...(row?.querySelectorAll(".p") ?? [])].map((element) => Number(element.textContent));
        expect(p).toBeCloseTo(difference.p, 2);
        expect(pHolm).toBeCloseTo(difference.pHolm, 2);
        expect(cell("judgement")).toContain(judgementMarks[judge(metric, difference)].word);
        compared += 6;
      }
    }
    expect(compared).toBe(11 * (2 * results.arms.length + 6 * (results.arms.length - 1)));
  });

  test("better and worse are words and signs, never colour alone", () => {
    const words = Object.values(judgementMarks).flatMap(({ sign, word }) => [sign, word]);
    expect(new Set(words).size).toBe(8);
    const marks = parsed(report).querySelectorAll(".better, .worse");
    expect(marks.length).toBeGreaterThan(6);
    for (const mark of marks) expect(mark.textContent).toMatch(/^[✓✗] (better|worse)$/);
  });

  test("the numbers at a glance are the results' means", () => {
    const terms = [...parsed(report).querySelectorAll(".glance > div")];
    expect(terms.length).toBe(6);
    for (const term of terms) {
      const name = term.querySelector("dt")?.textContent?.replace(/, (lower|higher) is better$/, "");
      const [metric] = Object.entries(metricStyles).find(([, { label }]) => label === name) as [MetricName, unknown];
      const values = [...term.querySelectorAll("b")].map((element) => element.textContent ?? "");
      expect(values.length).toBe(2);
      values.forEach((value, i) => void expectPrinted(value, metric, lenet5.arms[i]?.metrics[metric]?.mean));
    }
  });
});

describe("the document", () => {
  test("opens with the verdict: its first sentence is the heading, the others follow in order", () => {
    const document = parsed(report);
    const spoken = [document.querySelector("h1"), ...document.querySelectorAll(".verdict li")].map((element) =>
      element?.textContent?.replaceAll("\u00a0", " ").trim(),
    );
    expect(spoken).toEqual(lenet5.verdict);
    expect(spoken.length).toBeGreaterThan(5);
  });

  test("needs no script and no network, and forbids both", () => {
    const document = parsed(report);
    expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toMatch(/^default-src 'none'/);
    expect(document.querySelectorAll("script, iframe, img, link[rel=stylesheet], object, embed").length).toBe(0);
    for (const element of document.querySelectorAll("[src], [href]")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^(#|data:)/);
    }
    expect(report.match(/<style>[\s\S]*?<\/style>/)?.[0]).not.toMatch(/url\(|@import/);
  });

  test("sets a long headline smaller, and no other", () => {
    const heading = (headline: string): string | undefined =>
      parsed(renderReport({ ...lenet5, verdict: [headline] })).querySelector("h1")?.className;
    expect(heading("word ".repeat(40))).toBe("long");
    expect(heading("word ".repeat(20))).toBe("");
  });

  test("stays below 600 kB", () => {
    expect(Buffer.byteLength(report)).toBeLessThan(600_000);
  });

  test("is a function of the results", () => {
    expect(renderReport(structuredClone(lenet5))).toBe(report);
  });

  test.each([
    ["all-classes", "q′ = (1 − ε) q + ε u, with prior"],
    ["other-classes", "q′ is 1 − ε on the label, and the other classes share ε in proportion to u, with prior"],
    ["classy-vision", "q′ = (q + ε u) / (1 + ε), with prior"],
  ] as const)("states the smoothed label of the convention %s", (convention, formula) => {
    const method = parsed(renderReport(withVerdict(evidence(6, { 0.1: {} }, { convention })))).querySelector("#method");
    expect(method?.textContent).toContain(formula);
  });

  test("says nothing of tests where nothing was compared", () => {
    const terms = (results: Results): (string | null)[] =>
      [...parsed(renderReport(results)).querySelectorAll("#method dt")].map(({ textContent }) => textContent);
    expect(terms(lenet5)).toEqual(expect.arrayContaining(["Difference", "p", "Holm p", "better, worse"]));
    for (const term of ["Difference", "p", "Holm p", "better, worse"]) {
      expect(terms(imagined(3, {}))).not.toContain(term);
    }
  });

  test("prints a share of label noise without the dust of binary fractions", () => {
    const card = parsed(renderReport(withVerdict(evidence(6, { 0.1: {} }, { labelNoise: 0.07 })))).querySelector(
      "#run",
    );
    expect(card?.textContent).toContain("7% of training labels redrawn");
  });

  test("shows every picture to those who do not see it", () => {
    const figures = [...parsed(report).querySelectorAll("figure")];
    expect(figures.map(({ id }) => id)).toEqual([
      "metrics",
      "reliability",
      "confidence",
      "risk-coverage",
      "validation",
      "training-loss",
      "penultimate",
    ]);
    for (const figure of figures) {
      expect(figure.querySelector("figcaption")?.textContent?.length).toBeGreaterThan(100);
      const pictures = [...figure.querySelectorAll(".panel svg")];
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) {
        expect(picture.getAttribute("role")).toBe("img");
        expect(picture.getAttribute("aria-label")?.length).toBeGreaterThan(40);
        expect(picture.querySelector("title")?.textContent).toBe(picture.getAttribute("aria-label"));
      }
    }
  });

  test("carries the data of the table and of every figure as CSV", () => {
    const links = [...parsed(report).querySelectorAll("a[download]")];
    const tables = [metricsCsv(lenet5), ...allFigures(lenet5).map(({ csv }) => csv)];
    expect(links.map((link) => link.getAttribute("download"))).toEqual(tables.map(({ name }) => `${name}.csv`));
    links.forEach((link, i) => {
      const [, encoded = ""] = (link.getAttribute("href") ?? "").split(/^data:text\/csv;charset=utf-8,/);
      expect(decodeURIComponent(encoded)).toBe(csvText(tables[i] as (typeof tables)[number]));
    });
  });

  test("gives each reliability bin the interval of as many rows as one seed has there", () => {
    const { columns, rows } = reliabilityDiagrams(lenet5).csv;
    const cell = (row: (typeof rows)[number], name: string): number => Number(row[columns.indexOf(name)]);
    const filled = rows.filter((row) => cell(row, "rows") > 0);
    expect(filled.length).toBeGreaterThan(30);
    for (const row of filled) {
      const { low, high } = wilsonInterval(cell(row, "accuracy"), cell(row, "rows") / 6, 0.95);
      expect([cell(row, "accuracyLow"), cell(row, "accuracyHigh")]).toEqual([low, high]);
    }
    expect(parsed(report).querySelector("#reliability figcaption")?.textContent).toContain("one seed has in the bin");
  });

  test("has one element for every id, and a place for every link within", () => {
    const document = parsed(report);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('a[href^="#"]')) {
      expect(ids).toContain(link.getAttribute("href")?.slice(1));
    }
  });

  test("says what was run, with the command that runs it again", () => {
    const text = parsed(report).querySelector("#run")?.textContent ?? "";
    const { experiment, run } = lenet5;
    for (const part of [
      experiment.data.hash,
      experiment.codeVersion,
      experiment.command,
      run.machine.cpu,
      "61,706 parameters",
      "10,000 training, 5,000 validation, 10,000 test",
    ]) {
      expect(text).toContain(part);
    }
    for (const [name, version] of Object.entries(experiment.versions)) expect(text).toContain(`${name} ${version}`);
  });
});

describe("what came from data", () => {
  const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

  test("is escaped wherever it appears", () => {
    const { experiment, run } = lenet5;
    const results: Results = {
      ...lenet5,
      verdict: [hostile, `${hostile} To see: ${hostile}`],
      experiment: {
        ...experiment,
        data: {
          ...experiment.data,
          name: hostile,
          hash: hostile,
          classNames: (experiment.data.classNames ?? []).map(() => hostile),
        },
        trainer: { ...(experiment.trainer as BuiltInTrainer), model: hostile },
        versions: { [hostile]: hostile },
        codeVersion: hostile,
        command: `npx softlabel compare --data '${hostile}'`,
      },
      run: { ...run, startedAt: hostile, machine: { ...run.machine, cpu: hostile, platform: hostile, node: hostile } },
    };
    const html = renderReport(results);
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
    const document = parsed(html);
    expect(document.querySelectorAll("script, img, [onerror]").length).toBe(0);
    expect(document.querySelectorAll("style").length).toBe(1);
    expect(document.querySelector("title")?.textContent).toContain(hostile);
    expect(document.querySelector("h1")?.textContent).toBe(hostile);
    expect(document.querySelector("#penultimate .legend")?.textContent).toContain(`class ${hostile}`);
    expect(document.querySelector("#run pre")?.textContent).toBe(`npx softlabel compare --data '${hostile}'`);
  });
});

describe("results at the edge", () => {
  const strange: readonly (readonly [string, Results])[] = [
    ["one seed", imagined(1, { 0.1: {} })],
    ["ε = 0 alone", imagined(3, {})],
    ["one epoch", withVerdict(evidence(6, { 0.1: {} }, { epochs: 1 }))],
    ["eight arms", imagined(2, { 0.01: {}, 0.02: {}, 0.05: {}, 0.1: {}, 0.2: {}, 0.5: {}, 0.9: {} })],
    ["a prior in numbers", withVerdict(evidence(6, { 0.1: {} }, { prior: [0.5, 0.3, 0.2], labelNoise: 0.2 }))],
    [
      "no optimum of T",
      imagined(6, {
        0.1: {
          perSeed: {
            temperature: [0, 1, 1, Number.POSITIVE_INFINITY, 1, 1],
            nllAfterTemperature: [1, 1, 1, Number.POSITIVE_INFINITY, 1, 1],
          },
        },
      }),
    ],
  ];

  test.each(strange)("%s still gives a report without NaN, from memory and from the file", (_, results) => {
    for (const each of [results, JSON.parse(JSON.stringify(results)) as Results]) {
      const document = parsed(renderReport(each));
      expect(document.querySelectorAll("figure").length).toBe(6);
      expect(document.body.textContent).not.toMatch(/NaN|undefined|\bnull\b/);
      for (const shape of document.querySelectorAll("[d], [cx], [transform], [x1], [y2], [height]")) {
        expect(shape.outerHTML.slice(0, 300)).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  test("a number that is not finite is a dash or ∞, never zero", () => {
    const infinite = imagined(6, { 0.1: { perSeed: { nll: [1, 2, Number.POSITIVE_INFINITY, 1, 2, 1] } } });
    const fromFile = JSON.parse(JSON.stringify(infinite)) as Results;
    const cell = (results: Results, name: string): string | undefined =>
      parsed(`<body>${metricsTable(results).html}</body>`).querySelector(
        `[data-metric="nll"] [data-arm="ε = 0.1"] .${name}`,
      )?.textContent;
    expect(cell(infinite, "mean")).toBe("∞");
    expect(cell(fromFile, "mean")).toBe("–");
    for (const results of [infinite, fromFile]) {
      for (const name of ["difference", "interval", "p"]) expect(cell(results, name)).toBe("–");
    }
  });

  test("a seed without a finite number has no dot", () => {
    const fromFile = JSON.parse(
      JSON.stringify(imagined(6, { 0.1: { perSeed: { nll: [1, 2, Number.POSITIVE_INFINITY, 1, 2, 1] } } })),
    ) as Results;
    const [, , panel] = metricsByEpsilon(fromFile).groups.flat();
    expect(panel?.name).toBe("metric-nll");
    const dots = parsed(`<body>${panel?.svg}</body>`).querySelectorAll('g[fill="var(--arm-1)"] path');
    expect(dots.length).toBe(5);
  });
});
