import { parseHTML } from "linkedom";
import { bootstrapInterval, meanOfRows } from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import type { EvaluatedArm, EvaluationResults, Mistake } from "../../../src/evaluation/evaluation.ts";
import { csvText } from "../../../src/report/csv.ts";
import { evaluationTables, renderEvaluation } from "../../../src/report/evaluation/render-evaluation.ts";
import { imagined, topLabelsOnly } from "./support/imagined.ts";

const one = imagined([{ name: "predictions.npz", classes: 12 }], { labelSmoothing: 0.1 });
const three = imagined([{ name: "base.npz" }, { name: "smoothed.npz", scale: 0.7 }, { name: "other.npz", rows: 200 }]);

function parsed(results: EvaluationResults): ReturnType<typeof parseHTML>["document"] {
  return parseHTML(renderEvaluation(results)).document;
}

function fromFile(results: EvaluationResults): EvaluationResults {
  return JSON.parse(JSON.stringify(results)) as EvaluationResults;
}

/** What is written as a number: true minus, thousands separators, no unit. */
function numberIn(text: string | null | undefined): number {
  return Number((text ?? "").replaceAll("−", "-").replaceAll(",", "").replace("+", "").replace("%", "").trim());
}

describe("the document", () => {
  test("opens with the verdict's first sentence, and the others follow in order", () => {
    const document = parsed(one);
    const spoken = [document.querySelector("h1"), ...document.querySelectorAll(".verdict li")].map((element) =>
      element?.textContent?.replaceAll("\u00a0", " ").trim(),
    );
    expect(spoken).toEqual(one.verdict);
  });

  test("of several files gathers the sentences of each below its name, folds all but the first, loses none", () => {
    const verdict = ["a: First.", "base.npz: One.", "base.npz: Two.", "other.npz: Three.", "All: four."];
    const document = parsed({ ...three, verdict });
    expect([...document.querySelectorAll(".verdict h2")].map(({ textContent }) => textContent)).toEqual([
      "● base.npz",
      "▲ other.npz",
    ]);
    expect([...document.querySelectorAll(".verdict li")].map(({ textContent }) => textContent)).toEqual([
      "One.",
      "Two.",
      "Three.",
      "All: four.",
    ]);
    expect(document.querySelector(".verdict details")?.textContent).toContain("Two.");
    expect(document.querySelectorAll(".verdict details").length).toBe(1);
  });

  test("has every part, in order, each link of the contents leading to one", () => {
    const sections = (results: EvaluationResults): string[] =>
      [...parsed(results).querySelectorAll("section")].map(({ id }) => id);
    expect(sections(one)).toEqual([
      "source",
      "numbers",
      "figures",
      "recalibration",
      "apply",
      "smoothing",
      "classes",
      "mistakes",
      "method",
    ]);
    expect(sections(three)).toEqual(expect.arrayContaining(["comparison"]));
    expect(sections(three)).not.toContain("smoothing");
    for (const results of [one, three]) {
      const document = parsed(results);
      const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const links = [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href")?.slice(1));
      expect(links).toEqual(sections(results));
    }
  });

  test("needs no script and no network, and forbids both", () => {
    const document = parsed(three);
    expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toMatch(/^default-src 'none'/);
    expect(document.querySelectorAll("script, iframe, img, link[rel=stylesheet], object, embed").length).toBe(0);
    for (const element of document.querySelectorAll("[src], [href]")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^(#|data:)/);
    }
    expect(renderEvaluation(three).match(/<style>[\s\S]*?<\/style>/)?.[0]).not.toMatch(/url\(|@import/);
  });

  test("is a function of the results", () => {
    expect(renderEvaluation(structuredClone(three))).toBe(renderEvaluation(three));
  });

  test("carries every table of the folder as CSV, and no other", () => {
    for (const results of [one, three]) {
      const links = [...parsed(results).querySelectorAll("a[download]")];
      const tables = evaluationTables(results);
      expect(links.map((link) => link.getAttribute("download")).sort()).toEqual(
        tables.map(({ name }) => `${name}.csv`).sort(),
      );
      for (const link of links) {
        const table = tables.find(({ name }) => `${name}.csv` === link.getAttribute("download"));
        const [, encoded = ""] = (link.getAttribute("href") ?? "").split(/^data:text\/csv;charset=utf-8,/);
        expect(decodeURIComponent(encoded)).toBe(csvText(table as (typeof tables)[number]));
      }
    }
  });

  test("shows every picture to those who do not see it", () => {
    for (const figure of parsed(three).querySelectorAll("figure")) {
      expect(figure.querySelector("figcaption")?.textContent?.length).toBeGreaterThan(100);
      const pictures = [...figure.querySelectorAll(".panel svg")];
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) {
        expect(picture.getAttribute("role")).toBe("img");
        expect(picture.getAttribute("aria-label")?.length).toBeGreaterThan(40);
      }
    }
  });
});

describe("the numbers", () => {
  test("of the panel are those of the results, arm by arm, beside their conventions", () => {
    const document = parsed(three);
    const rows = [...document.querySelectorAll("#numbers tr[data-metric]")];
    expect(rows.length).toBe(Object.keys(three.arms[0]?.metrics ?? {}).length);
    for (const row of rows) {
      const name = row.getAttribute("data-metric") as string;
      const scale = row.querySelector("th")?.textContent?.includes("(%)") ? 100 : 1;
      const cells = [...row.querySelectorAll("td")];
      expect(cells.length).toBe(3);
      cells.forEach((cell, i) => {
        const { value, low, convention } = three.arms[i]?.metrics[name] ?? {};
        const [printed, interval] = [cell.querySelector("b"), cell.querySelector("small")?.textContent];
        const decimals = /\.(\d+)/.exec(printed?.textContent ?? "")?.[1]?.length ?? 0;
        // Half a unit of the last printed decimal, and rounding of binary fractions.
        const tolerance = 0.5000001 * 10 ** -decimals;
        expect(Math.abs(numberIn(printed?.textContent) - (value as number) * scale), name).toBeLessThanOrEqual(
          tolerance,
        );
        expect(Math.abs(numberIn(interval?.split(" to ")[0]) - (low as number) * scale), name).toBeLessThanOrEqual(
          tolerance,
        );
        expect(row.querySelector(".convention")?.textContent).toBe(convention);
      });
    }
  });

  test("of each recalibrator stand below those of the predictions as they are", () => {
    const table = parsed(one).querySelector("#recalibration table");
    const rows = [...(table?.querySelectorAll("tr[data-method]") ?? [])];
    expect(rows.map((row) => row.getAttribute("data-method"))).toEqual(["none", "temperature", "vector"]);
    const mended = one.arms[0]?.recalibrated.temperature;
    const number = (value: number | null | undefined): number => value ?? Number.NaN;
    expect(rows[1]?.textContent).toContain(number(mended?.metrics.nll?.value).toFixed(4));
    expect(rows[1]?.textContent).toContain((100 * number(mended?.metrics.ece?.value)).toFixed(2));
    expect(rows[1]?.textContent).toContain(number(mended?.difference.nll?.mean).toFixed(4).replace("-", "−"));
    expect(rows[0]?.querySelectorAll("small").length).toBe(0);
  });

  test("of a recalibrator's fit are said in words, with its remarks", () => {
    const text = parsed(one).querySelector("#recalibration .method")?.textContent ?? "";
    const temperature = one.arms[0]?.recalibrated.temperature?.parameters.temperature as number;
    expect(text).toContain(`T = ${temperature.toFixed(3)} (1.200 to ∞): confidence falls`);
    expect(text).toContain("The search stopped early.");
  });

  test("a calibrator is named as its file beside the report is, numbered where there are several", () => {
    const command = (results: EvaluationResults): string | null | undefined =>
      parsed(results).querySelector("#apply pre")?.textContent;
    expect(command(one)).toBe(
      "npx softlabel apply calibrator-temperature.json new-predictions.npz --out calibrated.npz",
    );
    expect(command(three)).toContain("calibrator-temperature-1.json");
    expect(command(imagined([{ calibrated: false }, {}]))).toContain("calibrator-temperature-2.json");
  });

  test("of the smoothing reading are those of the results", () => {
    const text = parsed(one).querySelector("#smoothing")?.textContent ?? "";
    for (const part of ["1.3503", "0.5003", "0.8500", "70.0%", "90.8%", "T = 0.800"]) expect(text).toContain(part);
  });

  test("of the classes come worst first, all of them, the eleventh and later folded", () => {
    const section = parsed(one).querySelector("#classes");
    const printed = [...(section?.querySelectorAll("tbody tr") ?? [])];
    expect(printed.length).toBe(12);
    const errors = printed.map((row) => numberIn(row.querySelectorAll("td")[0]?.textContent));
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
    expect(section?.querySelectorAll("details tbody tr").length).toBe(2);
    expect(section?.querySelector("summary")?.textContent).toBe("The other 2 classes");
  });

  test("of the mistakes are row numbers of the file, the surest first", () => {
    const rows = [...parsed(one).querySelectorAll("#mistakes tbody tr")];
    expect(rows.map((row) => numberIn(row.querySelector("th")?.textContent))).toEqual(
      one.arms[0]?.mistakes.map(({ row }) => row),
    );
  });

  test("of two files are compared row by row, and where that cannot be it is said why", () => {
    const text = parsed(three).querySelector("#comparison")?.textContent ?? "";
    expect(text).toContain("0.004");
    expect(text).toContain("−3.00");
    expect(text).toContain("Not compared: base.npz and other.npz have different rows.");
  });
});

describe("what came from a file", () => {
  const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

  test("is escaped wherever it appears", () => {
    const results = imagined(
      [
        { name: hostile, classNames: Array.from({ length: 4 }, (_, k) => `${k}${hostile}`) },
        { name: `2${hostile}`, rows: 100 },
      ],
      { labelSmoothing: 0.2, edges: hostile, preset: hostile, versions: { [hostile]: hostile } },
    );
    const [arm] = results.arms;
    const measured = { ...arm?.metrics, [hostile]: { value: 1, low: 0, high: 2, convention: hostile } };
    const strange = {
      ...results,
      verdict: [hostile, `${hostile}: ${hostile}`, `${hostile} To see: ${hostile}`],
      arms: results.arms.map((each, i) => (i === 0 ? { ...each, metrics: measured } : each)),
      run: { startedAt: hostile, seconds: 1, command: `npx softlabel evaluate '${hostile}'` },
    };
    const text = renderEvaluation(strange);
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<img");
    const { document } = parseHTML(text);
    expect(document.querySelectorAll("script, img, [onerror]").length).toBe(0);
    expect(document.querySelectorAll("style").length).toBe(1);
    expect(document.querySelector("h1")?.textContent).toBe(hostile);
    expect(document.querySelector("title")?.textContent).toContain(hostile);
    expect(document.querySelector("#classes tbody")?.textContent).toContain(hostile);
    expect(document.querySelector("#mistakes tbody")?.textContent).toContain(hostile);
    expect(document.querySelector("#risk-coverage .legend")?.textContent).toContain(hostile);
    expect(document.querySelector("#source pre")?.textContent).toBe(`npx softlabel evaluate '${hostile}'`);
  });
});

describe("results at the edge", () => {
  const strange: readonly (readonly [string, EvaluationResults])[] = [
    ["a file of confidences", topLabelsOnly(one)],
    ["two classes", imagined([{ classes: 2 }])],
    ["a hundred classes", imagined([{ classes: 100, rows: 200 }])],
    ["five rows", imagined([{ rows: 5, calibrated: false }])],
    ["no intervals", withoutIntervals(one)],
    ["numbers that are not finite", infinite(one)],
    ["eight files", imagined(Array.from({ length: 8 }, () => ({ rows: 60 })))],
  ];

  test.each(strange)("%s still give a report without NaN, from memory and from the file", (_, results) => {
    for (const each of [results, fromFile(results)]) {
      const document = parsed(each);
      expect(document.querySelectorAll("figure").length).toBeGreaterThanOrEqual(3);
      expect(document.body.textContent).not.toMatch(/NaN|undefined|\bnull\b|Infinity/);
      for (const shape of document.querySelectorAll("[d], [cx], [transform], [x1], [y2], [height]")) {
        expect(shape.outerHTML.slice(0, 300)).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  test("a file of confidences leaves parts out with a sentence each", () => {
    const document = parsed(topLabelsOnly(one));
    for (const id of ["recalibration", "classes"]) {
      expect(document.querySelector(`#${id}`)?.textContent).toContain("Left out");
      expect(document.querySelector(`#${id} table`)).toBeNull();
    }
    expect(document.querySelector('[data-metric="nll"]')).toBeNull();
    expect(document.querySelector("#apply")?.textContent).toContain("None was written.");
    expect(document.querySelector("#smoothing")).toBeNull();
  });

  test("a file of confidences shows its mistakes with what it says of their classes", () => {
    const results = topLabelsOnly(one);
    const [arm] = results.arms as [EvaluatedArm];
    const table = parsed(results).querySelector("#mistakes table");
    expect([...(table?.querySelectorAll("thead th") ?? [])].map(({ textContent }) => textContent)).toEqual([
      "Row",
      "Confidence",
      "Label",
    ]);
    expect(table?.querySelector("tbody td:last-child")?.textContent).toBe(arm.mistakes[0]?.label);

    const [first, ...others] = arm.mistakes as [Mistake, ...Mistake[]];
    const answers = { ...first, prediction: `<script>${"x".repeat(300)}`, label: null };
    const unlike = parsed({ ...results, arms: [{ ...arm, mistakes: [answers, ...others] }] });
    const cells = [...(unlike.querySelectorAll("#mistakes tbody tr")[0]?.querySelectorAll("td") ?? [])];
    expect(cells.map(({ textContent }) => textContent).slice(1)).toEqual([`<script>${"x".repeat(192)}…`, "–"]);
  });

  test("the width that the smooth curve is drawn with stands below it", () => {
    const caption = (results: EvaluationResults) =>
      parsed(results).querySelector("#reliability figcaption")?.textContent;
    expect(caption(one)).toContain("from the rows near it, by a Gaussian of width 0.05; its band");
    expect(caption(imagined([{}, {}]))).toContain("by a Gaussian whose width is 0.05, 0.023, file by file; its band");
  });

  test("the method names the interval that is the library's default", () => {
    const { method } = bootstrapInterval(meanOfRows([1, 0]), { resamples: 2 });
    const text = parsed(one).querySelector("#method")?.textContent;
    expect(text).toContain(`the ${method} interval is taken: the basic interval [2θ − q(high), 2θ − q(low)], widened`);
    expect(text).toContain("[2θ − q(high) − √2·b, 2θ − q(low) + b]");
  });

  test("files whose rows are the same on trust say so", () => {
    const two = imagined([{}, {}]);
    const onTrust = two.arms.map((arm) => ({
      ...arm,
      comparison: arm.comparison?.comparable ? { ...arm.comparison, onTrust: true as const } : arm.comparison,
    }));
    const text = (results: EvaluationResults) => parsed(results).querySelector("#comparison")?.textContent;
    expect(text({ ...two, arms: onTrust })).toContain("The rows are taken for the same because there are as many");
    expect(text(two)).not.toContain("taken for the same");
  });

  test("a number that is not there is a dash, said why, and never zero", () => {
    const document = parsed(fromFile(infinite(one)));
    expect(document.querySelector('[data-metric="nll"] b')?.textContent).toBe("–");
    expect(document.querySelector("#numbers .note")?.textContent).toContain("A dash stands where");
    expect(document.querySelector("#smoothing")?.textContent).toContain("Infinite on these rows");
  });
});

function withoutIntervals(results: EvaluationResults): EvaluationResults {
  const arms = results.arms.map((arm) => ({
    ...arm,
    metrics: Object.fromEntries(
      Object.entries(arm.metrics).map(([name, measured]) => [name, { ...measured, low: null, high: null }]),
    ),
    figures: { ...arm.figures, smooth: { ...arm.figures.smooth, low: [], high: [] } },
  }));
  return { ...results, arms, options: { ...results.options, resamples: 0 } };
}

function infinite(results: EvaluationResults): EvaluationResults {
  const arms = results.arms.map((arm) => ({
    ...arm,
    metrics: {
      ...arm.metrics,
      nll: { value: Number.POSITIVE_INFINITY, low: null, high: null },
      auroc: { value: null, low: null, high: null },
    },
    smoothing: arm.smoothing && { ...arm.smoothing, smoothedLoss: Number.POSITIVE_INFINITY },
  }));
  return fromFile({ ...results, arms });
}
