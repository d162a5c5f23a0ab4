import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { tidied } from "../../src/experiment/arm-naming.ts";
import type { ArmSettings, Results } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import { armSlug } from "../../src/report/arm-labels.ts";
import { armsTable, needArmsTable, priorInWords, sharedParameters } from "../../src/report/arms-table.ts";
import { standaloneSvg } from "../../src/report/drawing.ts";
import { allFigures } from "../../src/report/figures/all-figures.ts";
import { glance } from "../../src/report/glance.ts";
import { metricsCsv, metricsTable } from "../../src/report/metrics-table.ts";
import { renderReport } from "../../src/report/report.ts";
import { terminalSummary } from "../../src/report/terminal.ts";
import { balanced } from "./support/balanced.ts";
import { type Changes, evidence, type NamedArm, namedEvidence } from "./support/evidence.ts";

const usual = { shift: { accuracy: 0.01, nll: 0.08, nllAfterTemperature: -0.04, ece: 0.11 } } as const;
const base: NamedArm = { name: "no smoothing", epsilon: 0 };
const cosine: NamedArm = { name: "cosine schedule", parameters: { schedule: "0.2→0" }, ...usual };

function results(seeds: number, arms: readonly NamedArm[], changes: Changes = {}): Results {
  const all = namedEvidence(seeds, arms, changes);
  return { ...all, verdict: verdict(all) };
}

function parsed(html: string): ReturnType<typeof parseHTML>["document"] {
  return parseHTML(html).document;
}

function texts(document: ReturnType<typeof parsed>, selector: string): readonly string[] {
  return [...document.querySelectorAll(selector)].map(({ textContent }) => (textContent ?? "").trim());
}

describe("any names", () => {
  const strange = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }),
    fc.constantFrom(
      "<script>alert(1)</script>",
      "</title></style><img src=x onerror=alert(1)>",
      `"'&amp;“”`,
      "ε = 0.1",
      "temperature-scaled",
      "../../etc/passwd",
      "con",
      "标签平滑，类别频率",
      "תווית חלקה",
      "👩‍🔬 --seeds To see: npx",
      "a\u202eb\u0000c\r\nd",
      "w".repeat(80),
    ),
  );
  const arms = (most: number) => fc.uniqueArray(strange, { minLength: 2, maxLength: most });

  test("give a document whose elements are the report's own, and files of their own on every file system", () => {
    fc.assert(
      fc.property(arms(4), fc.constantFrom(0, 0.1), (names, epsilon) => {
        const experiment = results(
          2,
          names.map((name, i) => ({ name, epsilon: i === 0 ? epsilon : 0.1, parameters: { [name]: name }, ...usual })),
          { missing: [{ arm: names[1] as string, seed: 3, reason: names.join("\n") }] },
        );
        const document = parsed(renderReport(experiment));
        expect(document.querySelectorAll("script, img, iframe, object, [onerror]").length).toBe(0);
        expect([document.querySelectorAll("style").length, document.querySelectorAll("h1").length]).toEqual([1, 1]);
        const shown = texts(document, "#arms + .scroll tbody th bdi").map((name) =>
          name.replace(/[\u2068\u2069]/g, ""),
        );
        expect(shown).toEqual(names.map(tidied));
        const figures = allFigures(experiment);
        const files = figures.flatMap(({ groups }) => groups.flat().map(({ name }) => name));
        expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(files.length);
        for (const { groups, legend } of figures) {
          for (const panel of groups.flat()) {
            const svg = standaloneSvg(panel, legend);
            expect(balanced(svg), svg.slice(0, 200)).toBe(true);
            expect(svg).not.toMatch(/[\p{Cs}\ufffe\uffff]|[^\P{Cc}\n\t]/u);
          }
        }
        const tables = [metricsCsv(experiment), ...figures.map(({ csv }) => csv)];
        for (const { columns, rows } of tables) {
          expect(columns).toEqual(expect.arrayContaining(["arm", "epsilon"]));
          expect(new Set(rows.map((row) => row[columns.indexOf("arm")]))).toEqual(new Set(names));
        }
      }),
      { numRuns: 4 },
    );
  });

  test("give every one of many arms a file name that every file system takes, and no other has", () => {
    fc.assert(
      fc.property(arms(30), (names) => {
        const all = names.map((name) => ({ name, epsilon: 0.2 }));
        const files = all.flatMap((_, i) => [armSlug(all, i), `${armSlug(all, i)}-temperature-scaled`]);
        expect(new Set(files).size).toBe(files.length);
        for (const name of files) expect(name).toMatch(/^arm-\d+(-[a-z0-9][a-z0-9.-]{0,60})?$/);
        for (const name of files) expect(name).not.toMatch(/[.-]$/);
      }),
    );
  });

  test("of one letter or none that a file name takes are told apart by their place", () => {
    const slugs = (names: readonly string[]): string[] => {
      const all = names.map((name) => ({ name, epsilon: 0.1 }));
      return all.map((_, i) => armSlug(all, i));
    };
    expect(slugs(["标签", "…", "Ärger & Co.", "A", "a", "ε = 0.1, prior given"])).toEqual([
      "arm-0",
      "arm-1",
      "arm-2-arger-co",
      "arm-3-a",
      "arm-4-a",
      "arm-5-epsilon-0.1-prior-given",
    ]);
    expect(armSlug([{ name: "ε = 0.1", epsilon: 0.1 }], 0)).toBe("epsilon-0.1");
  });
});

describe("arms that differ in more than ε", () => {
  const settings = (changes: Partial<ArmSettings>): ArmSettings => ({
    name: "arm",
    epsilon: 0.1,
    prior: "uniform",
    convention: "all-classes",
    parameters: {},
    ...changes,
  });
  const arms = [
    settings({ name: "none", epsilon: 0, parameters: { decay: 0.1, epochs: 9 } }),
    settings({ name: "uniform", parameters: { decay: 0.1, epochs: 9 } }),
    settings({ name: "frequencies", prior: "class-frequencies", parameters: { decay: 0.2, warm: true, epochs: 9 } }),
  ];

  test("stand in a table: a column for what differs, bold where an arm differs from the base", () => {
    const table = parsed(`<body>${armsTable(arms).html}</body>`);
    expect(texts(table, "thead th")).toEqual(["Arm", "ε", "Prior u", "decay", "warm"]);
    expect(texts(table, "tbody tr").length).toBe(3);
    const cells = [...table.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => `${cell.querySelector("b") ? "*" : ""}${cell.textContent}`),
    );
    expect(cells).toEqual([
      ["0", "–", "0.1", "–"],
      ["*0.1", "uniform", "0.1", "–"],
      ["*0.1", "*class-frequencies", "*0.2", "*true"],
    ]);
    expect(texts(table, "tbody tr:first-child th")[0]).toMatch(/none the base$/);
    expect(sharedParameters(arms)).toBe("epochs 9");
  });

  test("need that table, and arms of --epsilon do not", () => {
    expect(needArmsTable(arms)).toBe(true);
    expect(needArmsTable(evidence(2, { 0.1: {}, 0.2: {} }).arms)).toBe(false);
    const document = parsed(renderReport(results(6, [base, cosine])));
    expect(texts(document, "#run h3")).toEqual(["The arms"]);
    expect(document.querySelector("#run")?.textContent).toContain("2, the first is the base");
    expect(parsed(renderReport(results(6, [{ name: "ε = 0", epsilon: 0 }]))).querySelector("#arms")).toBeNull();
  });

  test("a prior of many numbers is cut, and counted", () => {
    expect(priorInWords([0.25, 0.75])).toBe("0.25, 0.75");
    expect(priorInWords(Array.from({ length: 1000 }, () => 0.001))).toMatch(/^(0\.001, ){12}… \(1,000 numbers\)$/);
  });

  test("are not said to differ in ε alone, nor are those of a trainer that may do what it likes", () => {
    const says = (report: Results): boolean => renderReport(report).includes("in ε alone");
    const plain = [base, { name: "ε = 0.1", epsilon: 0.1 }];
    expect(says(results(6, plain))).toBe(true);
    expect(says(results(6, [base, cosine]))).toBe(false);
    const method = (trainer: Changes["trainer"]): string | undefined =>
      texts(parsed(renderReport(results(6, plain, trainer ? { trainer } : {}))), "#method dd")[0];
    expect(method({ kind: "command", typed: "x" })).toContain(
      "what else a seed or an arm decides is the trainer’s business",
    );
    expect(method({ kind: "given" })).toContain("how they were made was not part of this");
  });

  test("have every formula that one of them was trained toward", () => {
    const two = results(6, [base, { name: "a", convention: "other-classes" }, { name: "b", prior: [0.5, 0.5] }]);
    const text = texts(parsed(renderReport(two)), "#method dd")[1];
    expect(text).toContain(
      "the other classes share ε in proportion to u, with prior u uniform, convention other-classes; or",
    );
    expect(text).toContain("q′ = (1 − ε) q + ε u, with prior u as given, convention all-classes.");
  });
});

describe("what names the arms", () => {
  const named = results(6, [base, cosine]);
  const byEpsilon = evidence(6, { 0.1: usual });

  test("in the table and at a glance is their own names, under Arm, against the base by name", () => {
    const document = parsed(`<body>${metricsTable(named).html}${glance(named).html}</body>`);
    const [head, , difference] = texts(document, ".metrics thead th");
    expect([head, difference]).toEqual(["Arm", "Difference to no smoothing"]);
    expect(texts(document, '[data-metric="nll"] th.arm bdi')).toEqual(["no smoothing", "cosine schedule"]);
    expect(texts(document, ".glance.named div:first-of-type bdi")).toEqual(["no smoothing", "cosine schedule"]);
    const long = metricsTable(results(6, [{ ...base, name: "n".repeat(80) }, cosine]));
    expect(texts(parsed(`<body>${long.html}</body>`), "thead th")[2]).toBe("Difference to the base");
  });

  test("in the table of arms of --epsilon is ε", () => {
    const document = parsed(`<body>${metricsTable(byEpsilon).html}</body>`);
    expect(texts(document, "thead th").slice(0, 3)).toEqual(["ε", "Mean ± sd", "Difference to ε\u00a0=\u00a00"]);
    expect(texts(document, '[data-metric="nll"] th.arm bdi')).toEqual(["0", "0.1"]);
  });

  test("in a terminal is a number, explained above the table", () => {
    const lines = terminalSummary(results(6, [base, cosine, { name: "\u001b[31mwarm\nup" }]), { color: false }).split(
      "\n",
    );
    expect(lines.slice(0, 4)).toEqual([" 0  no smoothing (the base)", " 1  cosine schedule", " 2  warm up", ""]);
    expect(lines[4]).toMatch(/^ +arm +0 → arm +difference/);
    expect(lines[5]).toMatch(/^Accuracy +1 +9\d\.\d+% → 9/);
  });

  test("in a headline keeps its own direction of writing and its own text", () => {
    const rtl = results(6, [base, { ...cosine, name: "תווית --seeds To see: x" }]);
    const heading = parsed(renderReport(rtl)).querySelector("h1");
    expect(heading?.textContent?.replaceAll("\u00a0", " ")).toBe(rtl.verdict[0]);
    expect([...(heading?.querySelectorAll("bdi") ?? [])].map(({ textContent }) => textContent)).toContain(
      "תווית --seeds To see: x",
    );
    expect(heading?.querySelector("code, .flag")).toBeNull();
  });

  test("asks what the arms allow to ask", () => {
    const question = (arms: readonly NamedArm[]): string | undefined =>
      texts(parsed(renderReport(results(6, arms))), ".eyebrow b")[0];
    expect(question([base, cosine])).toBe("Does label smoothing help?");
    expect(
      question([
        { name: "a", epsilon: 0.1 },
        { name: "b", epsilon: 0.2 },
      ]),
    ).toBe("Which label smoothing is better?");
    expect(question([{ name: "a" }, { name: "b", prior: "class-frequencies" }])).toBe(
      "Which label smoothing is better?",
    );
    expect(question([base, { name: "decay", epsilon: 0, parameters: { decay: 0.1 } }])).toBe("Which arm is better?");
    expect(question([base])).toBe("Does label smoothing help?");
  });
});

test("a tidied name is what a report and a terminal can show", () => {
  expect(tidied("a\u001b]0;title\u0007b")).toBe("a ]0;title b");
});
