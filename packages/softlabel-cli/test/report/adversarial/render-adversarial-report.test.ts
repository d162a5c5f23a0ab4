import { isDeepStrictEqual } from "node:util";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { publishedRuns } from "../../../src/experiment/adversarial/published.ts";
import type { AdversarialResults, AttackName } from "../../../src/experiment/adversarial/results.ts";
import { confidenceText } from "../../../src/report/adversarial/digit-picture.ts";
import { digitsFigure } from "../../../src/report/adversarial/digits-figure.ts";
import { differencesInWords } from "../../../src/report/adversarial/published-table.ts";
import {
  adversarialTables,
  renderAdversarialReport,
} from "../../../src/report/adversarial/render-adversarial-report.ts";
import { csvText } from "../../../src/report/csv.ts";
import { adversarialFixture } from "./support/fixture.ts";
import { imagined } from "./support/imagined.ts";

const fixture = adversarialFixture();
const report = renderAdversarialReport(fixture);
const document = parsed(fixture);
const tables = adversarialTables(fixture);
const rows = ["clean", "fgsm", "pgd", "transfer"] as const;

function parsed(results: AdversarialResults): ReturnType<typeof parseHTML>["document"] {
  return parseHTML(renderAdversarialReport(results)).document;
}

/** What is written as a number: true minus, thousands separators, plus and per cent signs. */
function numberIn(text: string | null | undefined): number {
  return Number((text ?? "").replaceAll("−", "-").replace(/[,+%]/g, "").trim() || Number.NaN);
}

/** The printed text is `value` rounded to the decimals that are printed; a dash where there is none. */
function expectPrinted(text: string | null | undefined, value: number | null): void {
  if (value === null) {
    expect(text).toBe("–");
    return;
  }
  const decimals = /\.(\d+)/.exec(text ?? "")?.[1]?.length ?? 0;
  // Half a unit of the last decimal, and rounding of binary fractions.
  expect(Math.abs(numberIn(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(0.5000001 * 10 ** -decimals);
}

describe("the document", () => {
  test("opens with the verdict: its first sentence is the heading, the others follow in order", () => {
    const spoken = [document.querySelector("h1"), ...document.querySelectorAll(".verdict li")].map((element) =>
      element?.textContent?.replaceAll("\u00a0", " ").trim(),
    );
    expect(spoken).toEqual(fixture.verdict);
    expect(spoken.length).toBeGreaterThan(4);
  });

  test("needs no script and no network, and forbids both", () => {
    expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toMatch(/^default-src 'none'/);
    expect(document.querySelectorAll("script, iframe, img, link[rel=stylesheet], object, embed").length).toBe(0);
    for (const element of document.querySelectorAll("[src], [href]")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^(#|data:)/);
    }
    expect(report.match(/<style>[\s\S]*?<\/style>/)?.[0]).not.toMatch(/url\(|@import/);
  });

  test("is a function of the results", () => {
    expect(renderAdversarialReport(structuredClone(fixture))).toBe(report);
  });

  test("stays below 600 kB with ten digits of four arms", () => {
    expect(Buffer.byteLength(renderAdversarialReport(imagined()))).toBeLessThan(600_000);
  });

  test("shows every picture to those who do not see it", () => {
    const figures = [...document.querySelectorAll("figure")];
    expect(figures.map(({ id }) => id)).toEqual(["robustness", "digits", "confidence", "reliability"]);
    for (const figure of figures) {
      expect(figure.querySelector("figcaption")?.textContent?.length).toBeGreaterThan(100);
      const pictures = [...figure.querySelectorAll(".panel > svg")];
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) {
        expect(picture.getAttribute("role")).toBe("img");
        expect(picture.getAttribute("aria-label")?.length).toBeGreaterThan(40);
        expect(picture.querySelector("title")?.textContent).toBe(picture.getAttribute("aria-label"));
      }
    }
  });

  test("carries every table of the folder as CSV, and no other", () => {
    const links = [...document.querySelectorAll("a[download]")];
    expect(links.map((link) => link.getAttribute("download")).sort()).toEqual(
      tables.map(({ name }) => `${name}.csv`).sort(),
    );
    for (const link of links) {
      const table = tables.find(({ name }) => `${name}.csv` === link.getAttribute("download"));
      const [, encoded = ""] = (link.getAttribute("href") ?? "").split(/^data:text\/csv;charset=utf-8,/);
      expect(decodeURIComponent(encoded)).toBe(csvText(table as (typeof tables)[number]));
    }
  });

  test("has one element for every id, and a place for every link within", () => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('a[href^="#"]')) {
      expect(ids).toContain(link.getAttribute("href")?.slice(1));
    }
  });

  test("says what was run, with the command that runs it again", () => {
    const results = imagined();
    const text = parsed(results).querySelector("#run")?.textContent ?? "";
    const { experiment, run } = results;
    for (const part of [
      experiment.data.hash,
      experiment.codeVersion,
      experiment.command,
      run.machine.cpu,
      "10,000 training, 10,000 test, the first 200 of them attacked",
      "FGSM, weight 0.5 of the loss",
      "40 steps of 0.01875, 2 starts",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("names what the attacks depend on, in the method", () => {
    const method = (results: AdversarialResults): string => parsed(results).querySelector("#method")?.textContent ?? "";
    const [ball, box] = [method(imagined({ attack: { norm: 2, epsilon: 1.5 } })), method(imagined())];
    expect(ball).toContain("the Euclidean length of the change (L2)");
    expect(ball).toContain("x + r · ∇ₓ loss / ‖∇ₓ loss‖");
    expect(box).toContain("x + r · sign(∇ₓ loss)");
    expect(box).toContain("It is applied once.");
  });

  test("says that smoothing was applied twice, and what ε that is", () => {
    const twice = parsed(imagined({ experiment: { doubleSmoothing: true } }));
    expect(twice.querySelector("#method")?.textContent).toContain("ε = 0.1 twice is 0.19");
    expect(twice.querySelector("#run")?.textContent).toContain("0, 0.1 twice, 0.19");
  });
});

describe("beside published numbers", () => {
  test("a published number keeps the attack that it was trained against, whatever ours was", () => {
    const published = parsed(imagined({ attack: { name: "pgd" } })).querySelector(".published")?.textContent ?? "";
    expect(published).toContain("trained against FGSM, under FGSM");
    expect(published).not.toContain("trained against PGD");
  });
});

describe("the bars of differences", () => {
  test("of clean images are not dwarfed by those of attacks", () => {
    const reach = (element: { getAttribute(name: string): string | null } | null): number => {
      const [from = 0, to = 0] = [...(element?.getAttribute("d") ?? "").matchAll(/[MH]([\d.]+)/g)].map(([, x]) =>
        Number(x),
      );
      return to - from;
    };
    const bars = [...parsed(imagined()).querySelectorAll('.compared tr[data-rows="clean"] .bar path:nth-of-type(2)')];
    expect(bars.length).toBeGreaterThan(0);
    expect(Math.max(...bars.map(reach))).toBeGreaterThan(30);
  });
});

describe("the picture of digits", () => {
  test("leaves room at the left, where a file of its own has no page around it", () => {
    expect(document.querySelector("svg.digits > g")?.getAttribute("transform")).toBe("translate(6 0)");
  });
});

describe("the numbers", () => {
  test("at a glance are the arms' test accuracies, a line for each arm and a column for each attack", () => {
    const lines = [...document.querySelectorAll(".accuracies tbody tr:not(.head)")];
    const inOrder = (["clean", "adversarial"] as const).flatMap((training) =>
      fixture.arms.filter((arm) => arm.training === training),
    );
    expect(lines.length).toBe(fixture.arms.length);
    lines.forEach((line, i) => {
      const cells = [...line.querySelectorAll("td")];
      rows.forEach((name, column) => {
        expectPrinted(cells[column]?.textContent, 100 * (inOrder[i]?.test[name] as number));
      });
    });
  });

  test("of the table of accuracies are means and spreads, and stand in the CSV file in full", () => {
    const csv = tables.find(({ name }) => name === "accuracy");
    let compared = 0;
    for (const arm of fixture.arms) {
      for (const split of ["test", "train"] as const) {
        for (const [name, perSeed] of Object.entries<readonly number[]>(arm.perSeed[split])) {
          const cell = document.querySelector(
            `#accuracy tr[data-arm="${arm.labelSmoothing}-${arm.training}"] td[data-column="${split}-${name}"]`,
          );
          const mean = arm[split][name as "clean" | "fgsm"];
          const spread = Math.sqrt(perSeed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (perSeed.length - 1));
          expectPrinted(cell?.querySelector("b")?.textContent, 100 * mean);
          expectPrinted(cell?.querySelector(".sd")?.textContent?.replace("±", ""), 100 * spread);
          const row = csv?.rows.find(
            (cells) => cells.slice(0, 4).join() === [arm.labelSmoothing, arm.training, split, name].join(),
          );
          expect(row?.[4]).toBe(mean);
          expect(row?.slice(6)).toEqual(perSeed);
          compared++;
        }
      }
    }
    expect(compared).toBe(fixture.arms.length * 6);
  });

  test("of smoothing are the differences with their intervals, and stand in the CSV file in full", () => {
    const csv = tables.find(({ name }) => name === "smoothing");
    expect(csv?.rows.length).toBe(fixture.comparisons.length * 4);
    for (const { labelSmoothing, training, difference } of fixture.comparisons) {
      for (const name of rows) {
        const row = document.querySelector(
          `#smoothing [data-arm="${labelSmoothing}-${training}"] [data-rows="${name}"]`,
        );
        const { mean, low, high, p, pHolm, perSeed } = difference[name];
        const [printedLow, printedHigh] = (row?.querySelector(".interval")?.textContent ?? "").split(" to ");
        expectPrinted(row?.querySelector(".difference")?.textContent, 100 * mean);
        expectPrinted(printedLow, 100 * (low as number));
        expectPrinted(printedHigh, 100 * (high as number));
        const printed = [...(row?.querySelectorAll(".p") ?? [])].map((cell) => Number(cell.textContent));
        expect(printed[0]).toBeCloseTo(p, 2);
        expect(printed[1]).toBeCloseTo(pHolm, 2);
        const [from, to] = (row?.querySelector(".mean")?.textContent ?? "").split(" → ");
        const of = (epsilon: number): number | undefined =>
          fixture.arms.find((arm) => arm.labelSmoothing === epsilon && arm.training === training)?.test[name];
        expectPrinted(from, 100 * (of(0) as number));
        expectPrinted(to, 100 * (of(labelSmoothing) as number));
        const cells = csv?.rows.find((line) => line.slice(0, 3).join() === [labelSmoothing, training, name].join());
        expect(cells?.slice(3, 10)).toEqual([of(0), of(labelSmoothing), mean, low, high, p, pHolm]);
        expect(cells?.slice(11)).toEqual(perSeed);
      }
    }
  });

  test("of calibration are those of the results, and stand in the CSV file in full", () => {
    const csv = tables.find(({ name }) => name === "calibration");
    for (const { labelSmoothing, training, calibration } of fixture.arms) {
      for (const name of ["clean", "fgsm", "pgd"] as const) {
        const row = document.querySelector(
          `.calibration [data-arm="${labelSmoothing}-${training}"][data-rows="${name}"]`,
        );
        const { rows: count, accuracy, meanConfidence, meanConfidenceWrong, ece, nll } = calibration[name];
        const printed = [...(row?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent);
        [
          100 * accuracy,
          100 * meanConfidence,
          100 * (meanConfidence - accuracy),
          meanConfidenceWrong === null ? null : 100 * meanConfidenceWrong,
          100 * ece,
          nll,
          count,
        ].forEach((value, i) => {
          expectPrinted(printed[i], value);
        });
        const cells = csv?.rows.find((line) => line.slice(0, 3).join() === [labelSmoothing, training, name].join());
        expect(cells?.slice(3)).toEqual([count, accuracy, meanConfidence, meanConfidenceWrong, ece, nll]);
      }
    }
  });

  test("of the curves stand in the CSV file, seed by seed", () => {
    const csv = tables.find(({ name }) => name === "robustness");
    expect(csv?.rows.length).toBe(fixture.arms.length * 3 * fixture.experiment.strengths.length);
    const { labelSmoothing, training, curves } = fixture.arms.at(-1) as AdversarialResults["arms"][number];
    const name: AttackName = "pgd";
    const lines = csv?.rows.filter((row) => row.slice(0, 3).join() === [labelSmoothing, training, name].join());
    expect(lines?.map((row) => row.slice(3))).toEqual(
      curves[name].map(({ strength, accuracy, low, high }) => [
        strength,
        accuracy.mean,
        accuracy.sd,
        low,
        high,
        ...accuracy.perSeed,
      ]),
    );
  });

  test("of others stand beside ours of the same training and attack", () => {
    const csv = tables.find(({ name }) => name === "published");
    const numbers = publishedRuns.flatMap((run) => run.numbers);
    const { labelSmoothings } = fixture.experiment;
    expect(csv?.rows.length).toBe(labelSmoothings.length * numbers.length);
    const printed = [...document.querySelectorAll(".published tbody tr:not(.head)")];
    expect(printed.length).toBe(numbers.length);
    numbers.forEach(({ training, rows: name, accuracy }, i) => {
      const cells = [...(printed[i]?.querySelectorAll("td") ?? [])];
      expectPrinted(cells[0]?.querySelector("b")?.textContent, 100 * accuracy);
      for (const [column, labelSmoothing] of labelSmoothings.entries()) {
        const ours = fixture.arms.find((arm) => arm.labelSmoothing === labelSmoothing && arm.training === training);
        expectPrinted(cells[1 + column]?.textContent, ours === undefined ? null : 100 * ours.test[name]);
      }
    });
  });
});

describe("what differs from a published run", () => {
  const [run] = publishedRuns as [(typeof publishedRuns)[number]];
  const { experiment } = imagined();

  test("is said setting by setting, and what only the source did always", () => {
    expect(differencesInWords(run, experiment)).toBe(
      `Here: 2 epochs instead of 6, 10,000 training images instead of 60,000 and 200 test images attacked instead of 10,000. ${run.remark}`,
    );
  });

  test("is nothing in the settings of the tutorial itself", () => {
    const same = {
      ...experiment,
      epochs: 6,
      data: { ...experiment.data, trainRows: 60000, attackedRows: 10000 },
    };
    expect(differencesInWords(run, same)).toBe(`Nothing in the settings. ${run.remark}`);
    expect(
      differencesInWords(run, {
        ...same,
        optimizer: "sgd",
        model: "mlp",
        data: { ...same.data, name: "fashion" },
        attack: { ...same.attack, name: "pgd", norm: 2, epsilon: 2 },
      }),
    ).toBe(
      "Here: SGD instead of Adam, strength 2 in L2 instead of 0.3 in L∞, training against PGD instead of FGSM, " +
        `fashion instead of MNIST and the model mlp instead of the tutorial’s. ${run.remark}`,
    );
  });
});

describe("the digits", () => {
  const texts = (results: AdversarialResults): string[] =>
    [...parsed(results).querySelectorAll("#digits .panel text")].map(({ textContent }) => textContent ?? "");

  test("carry the answer and the confidence of every arm before and after, a cross where it is wrong", () => {
    const written = texts(fixture);
    for (const { label, seenBy } of fixture.digits) {
      for (const { prediction } of seenBy) {
        for (const guess of [prediction.clean, prediction.attacked]) {
          const cross = guess.label === label ? "" : "✗ ";
          expect(written).toContain(`${cross}${guess.label} ${confidenceText(guess.confidence)}`);
        }
      }
    }
    expect(
      parsed(imagined({ digits: 4 }))
        .querySelector("#digits svg")
        ?.getAttribute("aria-label"),
    ).toBe(
      "4 test images as they are, perturbed and attacked; answered right when attacked: 0 with ε = 0, trained on clean " +
        "images; 3 with ε = 0, trained against FGSM; 0 with ε = 0.1, trained on clean images; 3 with ε = 0.1, trained " +
        "against FGSM.",
    );
  });

  test("with long names have the name and the confidence in two lines, and shorten the name", () => {
    const { experiment } = imagined();
    const classNames = ["T-shirt/top", ...experiment.data.classNames.slice(1)];
    const written = texts(imagined({ digits: 2, experiment: { data: { ...experiment.data, classNames } } }));
    expect(written).toContain("T-shirt/…");
    expect(written).toContain(">99%");
    expect(written).toContain("✗ 3");
  });

  test("say 100% of nothing less", () => {
    expect([0.994, 0.9951, 1, 0.126].map(confidenceText)).toEqual(["99%", ">99%", "100%", "13%"]);
  });

  test("are left out where none were kept", () => {
    const without = parsed(imagined({ digits: 0 }));
    expect(without.querySelector("#examples, #digits")).toBeNull();
    expect([...without.querySelectorAll(".contents a")].map(({ textContent }) => textContent)).not.toContain(
      "Under attack",
    );
  });
});

describe("hidden gradients", () => {
  test("are said at the gain under FGSM, by a sign and words, and nowhere else", () => {
    const document = parsed(imagined());
    const marks = [...document.querySelectorAll("#smoothing .judgement")].map(({ textContent }) => textContent);
    expect(marks.filter((text) => text === "✗ hidden gradients").length).toBe(1);
    expect(document.querySelector('#smoothing [data-arm="0.1-clean"] [data-rows="fgsm"] .judgement')?.textContent).toBe(
      "✗ hidden gradients",
    );
    const csv = adversarialTables(imagined()).find(({ name }) => name === "smoothing");
    const at = csv?.columns.indexOf("hiddenGradients") as number;
    expect(csv?.rows.filter((row) => row[at] === "true").map((row) => row.slice(0, 3))).toEqual([
      [0.1, "clean", "fgsm"],
    ]);
  });

  test("without them a gain that is shown is better", () => {
    const results = imagined({ seeds: 10 });
    const unmasked = { ...results, comparisons: results.comparisons.map((one) => ({ ...one, masked: false })) };
    expect(
      parsed(unmasked).querySelector('#smoothing [data-arm="0.1-clean"] [data-rows="fgsm"] .judgement')?.textContent,
    ).toBe("✓ better");
  });

  test("are checked arm by arm: passed or failed, each with its evidence as a sentence", () => {
    const items = [...document.querySelectorAll("#checks li")];
    expect(items.length).toBe(fixture.checks.length);
    for (const [i, { passed, evidence }] of fixture.checks.entries()) {
      const text = (items[i]?.textContent ?? "").replaceAll("\u00a0", " ");
      expect(text).toMatch(passed ? /^✓ passed / : /^✗ failed /);
      expect(text).toContain(`${evidence.slice(1)}.`);
      expect(text).not.toContain("..");
    }
  });
});

describe("what came from data", () => {
  const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

  test("is escaped wherever it appears", () => {
    const { experiment, run, checks } = fixture;
    const html = renderAdversarialReport({
      ...fixture,
      verdict: [hostile, `${hostile} To see: ${hostile}`],
      experiment: {
        ...experiment,
        data: {
          ...experiment.data,
          name: hostile,
          hash: hostile,
          classNames: experiment.data.classNames.map(() => hostile),
        },
        model: hostile,
        versions: { [hostile]: hostile },
        codeVersion: hostile,
        command: `npx softlabel adversarial --data '${hostile}'`,
      },
      checks: checks.map((check) => ({ ...check, evidence: hostile })),
      run: { ...run, startedAt: hostile, machine: { ...run.machine, cpu: hostile, platform: hostile, node: hostile } },
    });
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
    const { document } = parseHTML(html);
    expect(document.querySelectorAll("script, img, [onerror]").length).toBe(0);
    expect(document.querySelectorAll("style").length).toBe(1);
    expect(document.querySelector("title")?.textContent).toContain(hostile);
    expect(document.querySelector("h1")?.textContent).toBe(hostile);
    expect(document.querySelector("#checks li")?.textContent).toContain(hostile);
    expect(document.querySelector("#run pre")?.textContent).toBe(`npx softlabel adversarial --data '${hostile}'`);
    const data = { ...experiment.data, classNames: experiment.data.classNames.map(() => hostile) };
    const csv = digitsFigure({ ...fixture, experiment: { ...experiment, data } })?.csv;
    expect(csv?.rows[0]?.[2]).toBe(hostile);
  });
});

describe("results at the edge", () => {
  const strange: readonly (readonly [string, AdversarialResults])[] = [
    ["one seed", imagined({ seeds: 1 })],
    ["ε = 0 alone", imagined({ labelSmoothings: [0] })],
    ["no ε = 0", imagined({ labelSmoothings: [0.1, 0.2] })],
    ["no adversarial training", imagined({ trainings: ["clean"], attack: { name: "none" } })],
    ["five ε", imagined({ labelSmoothings: [0, 0.05, 0.1, 0.2, 0.5] })],
    ["no digits, no checks", { ...imagined({ digits: 0 }), checks: [] }],
    ["colours and L2", imagined({ channels: 3, attack: { norm: 2, epsilon: 2 }, experiment: {} })],
    ["one strength", imagined({ attack: { epsilon: 0 }, experiment: { strengths: [0] } })],
    ["nothing wrong, and an NLL that is infinite", flawless(imagined())],
  ];

  test.each(strange)("%s still give a report without NaN, from memory and from the file", (_, results) => {
    const fromFile = JSON.parse(JSON.stringify(results)) as AdversarialResults;
    for (const each of isDeepStrictEqual(fromFile, results) ? [results] : [results, fromFile]) {
      const document = parsed(each);
      expect(document.querySelectorAll("figure").length).toBe(results.digits.length === 0 ? 3 : 4);
      expect(document.body.textContent).not.toMatch(/NaN|undefined|\bnull\b|Infinity/);
      for (const shape of document.querySelectorAll("[d], [cx], [transform], [x1], [y2], [height]")) {
        expect(shape.outerHTML.slice(0, 300)).not.toMatch(/NaN|undefined|Infinity/);
      }
      for (const link of document.querySelectorAll(".contents a")) {
        expect(document.querySelector(link.getAttribute("href") ?? "")).not.toBeNull();
      }
    }
  });

  test("without ε = 0 nothing is grey, and nothing is compared", () => {
    const document = parsed(imagined({ labelSmoothings: [0.1, 0.2] }));
    expect(document.querySelector("#robustness .legend")?.innerHTML).not.toContain("--arm-0");
    expect(document.querySelector("#smoothing")).toBeNull();
    expect(document.querySelector("#method")?.textContent).not.toContain("Holm");
  });

  test("where nothing is wrong, the confidence of the wrong is a dash", () => {
    const row = parsed(flawless(imagined())).querySelector('.calibration [data-arm="0-clean"][data-rows="clean"]');
    const cells = [...(row?.querySelectorAll("td") ?? [])].map(({ textContent }) => textContent);
    expect(cells[3]).toBe("–");
    expect(cells[5]).toBe("∞");
  });
});

/** Every row right, but with a probability of 0 somewhere. */
function flawless(results: AdversarialResults): AdversarialResults {
  const arms = results.arms.map((arm) => {
    const perfect = (rows: AdversarialResults["arms"][number]["calibration"]["clean"]) => ({
      ...rows,
      accuracy: 1,
      meanConfidenceWrong: null,
      nll: Number.POSITIVE_INFINITY,
      confidence: rows.confidence.map((bin) => ({ ...bin, wrong: 0 })),
    });
    const { clean, fgsm, pgd } = arm.calibration;
    return { ...arm, calibration: { clean: perfect(clean), fgsm: perfect(fgsm), pgd: perfect(pgd) } };
  });
  return { ...results, arms };
}
