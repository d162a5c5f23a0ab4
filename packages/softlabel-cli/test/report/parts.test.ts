import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import {
  formatCount,
  formatDifference,
  formatNumber,
  formatP,
  formatSigned,
  formatValue,
} from "../../src/experiment/verdict-metrics.ts";
import { sentenceDecimals, stepsInWords } from "../../src/experiment/verdict-wording.ts";
import { alignedLines } from "../../src/report/aligned-lines.ts";
import { csvDataUri, csvText } from "../../src/report/csv.ts";
import { relativeSpread } from "../../src/report/figures/penultimate.ts";
import { html, trusted } from "../../src/report/html.ts";
import { sentence } from "../../src/report/page.ts";
import { armMark, colorVariables } from "../../src/report/theme.ts";

describe("numbers", () => {
  test("have a true minus sign, fixed decimals and no negative zero", () => {
    expect([-1.25, 0, -0.004, 12.3456, Number.NaN, Infinity, -Infinity].map((x) => formatNumber(x, 2))).toEqual([
      "−1.25",
      "0.00",
      "0.00",
      "12.35",
      "–",
      "∞",
      "−∞",
    ]);
    expect([0.5, -0.5, 0.004, 0].map((x) => formatSigned(x, 2))).toEqual(["+0.50", "−0.50", "0.00", "0.00"]);
  });

  test("from a million on have three digits and a power of ten, as a loss that ran away has", () => {
    expect([999_999.25, 1e6, -1.1982538649075e17].map((x) => formatNumber(x, 2))).toEqual([
      "999999.25",
      "1.00e6",
      "−1.20e17",
    ]);
    expect(formatSigned(-6519265.488, 3)).toBe("−6.52e6");
    expect(formatSigned(6519265.488, 3)).toBe("+6.52e6");
  });

  test("shares are printed in per cent, their differences in points", () => {
    expect(formatValue("accuracy", 0.9688, 2)).toBe("96.88%");
    expect(formatDifference("accuracy", -0.0114, 2)).toBe("−1.14");
    expect(formatValue("nll", 0.2166, 3)).toBe("0.217");
    expect(formatValue("ece", Number.NaN, 1)).toBe("–");
  });

  test("p is never printed as zero", () => {
    expect([0.03125, 0.0004, 0.0625, 0.75, 1, 0.9999, Number.NaN].map(formatP)).toEqual([
      "0.031",
      "<0.001",
      "0.063",
      "0.75",
      "1",
      "1",
      "–",
    ]);
  });

  test("thousands are grouped", () => {
    expect([0, 999, 1000, 61706, 1234567].map(formatCount)).toEqual(["0", "999", "1,000", "61,706", "1,234,567"]);
  });

  test("a small difference gets the decimals that its second digit needs, up to three more", () => {
    expect(sentenceDecimals("nll", 0.081)).toBe(3);
    expect(sentenceDecimals("nll", 0.0081)).toBe(4);
    expect(sentenceDecimals("nll", 0.0000081)).toBe(6);
    expect(sentenceDecimals("accuracy", 0.0114)).toBe(2);
    expect(sentenceDecimals("accuracy", 0)).toBe(2);
    const difference = { mean: -0.00042, low: -0.00061, high: -0.00023, p: 0.03, pHolm: 0.03, perSeed: [] };
    expect(stepsInWords("nll", [{ arm: { name: "ε = 0.1", epsilon: 0.1 }, from: 0.14, to: 0.13958, difference }])).toBe(
      "from 0.14000 to 0.13958 nats (−0.00042, 95% interval −0.00061 to −0.00023)",
    );
  });
});

test("an interval that excludes zero without being shown says the p that stands against it", () => {
  const difference = { mean: 0.0122, low: 0.0049, high: 0.0194, p: 0.047, pHolm: 0.094, perSeed: [] };
  const step = { arm: { name: "ε = 0.1", epsilon: 0.1 }, from: 1.031, to: 1.0432 };
  expect(stepsInWords("nll", [{ ...step, difference }])).toMatch(/95% interval \+0\.005 to \+0\.019, Holm p 0\.094\)$/);
  expect(stepsInWords("nll", [{ ...step, difference: { ...difference, pHolm: 0.047 } }])).toMatch(/to \+0\.019\)$/);
  expect(stepsInWords("nll", [{ ...step, difference: { ...difference, low: -0.001 } }])).toMatch(/to \+0\.019\)$/);
});

test("lines are aligned column by column, without spaces at their ends", () => {
  const rows = [
    ["", "a", "bcd", "end"],
    ["row", "12", "3", ""],
  ];
  expect(alignedLines(rows, [0, 3])).toEqual(["      a  bcd  end", "row  12    3"]);
  expect(alignedLines([["a"], ["b", "c"]], [])).toEqual(["a", "b  c"]);
  expect(alignedLines([], [])).toEqual([]);
});

describe("html", () => {
  test("escapes what is put in, in text and in attributes, and leaves its own markup alone", () => {
    const text = `<b title="x">'&'</b>`;
    const made = html`<p title="${text}">${text}${[html`<i>${1}</i>`, null, trusted("<u>u</u>")]}</p>`.html;
    const p = parseHTML(`<body>${made}</body>`).document.querySelector("p");
    expect(p?.getAttribute("title")).toBe(text);
    expect(p?.textContent).toBe(`${text}1u`);
    expect(p?.children.length).toBe(2);
  });
});

describe("a verdict's sentence", () => {
  test("keeps an option's dashes on the line of its name, and sets intervals back", () => {
    expect(sentence("ε = 0.1 (+1.2 points); <b> --train-size decides").html).toBe(
      'ε\u00a0=\u00a00.1 <span class="aside">(+1.2 points);</span> &#60;b&#62; <span class="flag">--train-size</span> decides',
    );
  });
});

describe("csv", () => {
  const table = {
    name: "t",
    columns: ["class", "x"],
    rows: [
      ['a "b", c\nd#%é', 1.5],
      ["", null],
      ["ε", Number.NaN],
      ["+1−2", -1e-7],
    ],
  };

  test("quotes what RFC 4180 says, and leaves empty what is not a number", () => {
    expect(csvText(table)).toBe('class,x\r\n"a ""b"", c\nd#%é",1.5\r\n,\r\nε,\r\n\'+1−2,-1e-7\r\n');
  });

  test("puts an apostrophe before a text that a spreadsheet would run, and before no number", () => {
    const rows = [["=1+1"], ["@SUM(A1)"], ["-cmd|x"], ["\tx"], ["-1"], ["+2.5"], [-3], ["a=b"]];
    expect(csvText({ name: "t", columns: ["c"], rows })).toBe(
      "c\r\n'=1+1\r\n'@SUM(A1)\r\n'-cmd|x\r\n'\tx\r\n-1\r\n+2.5\r\n-3\r\na=b\r\n",
    );
  });

  test("a data URI decodes to the very text, and holds nothing that HTML or a URI could take for its own", () => {
    const uri = csvDataUri(table);
    expect(uri).toMatch(/^data:text\/csv;charset=utf-8,[\w,.:;()+*/%-]*$/);
    expect(decodeURIComponent(uri.slice("data:text/csv;charset=utf-8,".length))).toBe(csvText(table));
  });
});

describe("the theme", () => {
  const schemes = colorVariables
    .split("@media")
    .map(
      (css) => new Map([...css.matchAll(/(--[\w-]+): (#\w{6})/g)].map(([, name, color]) => [name, color as string])),
    );

  test("text has a contrast of 4.5 and marks of 3 with the page, in both schemes (WCAG 2.2, 1.4.3 and 1.4.11)", () => {
    expect(schemes.map(({ size }) => size)).toEqual([15, 15]);
    for (const scheme of schemes) {
      const against = (name: string, ground: string): number =>
        contrast(scheme.get(name) ?? "", scheme.get(ground) ?? "");
      for (const name of ["--ink", "--muted"]) {
        expect(against(name, "--page"), name).toBeGreaterThan(4.5);
        expect(against(name, "--panel"), name).toBeGreaterThan(4.5);
      }
      for (const name of ["--better", "--worse"]) expect(against(name, `${name}-tint`), name).toBeGreaterThan(4.5);
      for (let i = 0; i < 6; i++) expect(against(`--arm-${i}`, "--page"), `--arm-${i}`).toBeGreaterThan(3);
    }
  });

  test("no two of the first six arms share a colour, a symbol, a glyph or a dash, and no two of 26 share two of these", () => {
    const marks = Array.from({ length: 6 }, (_, i) => armMark(i));
    for (const part of ["color", "symbol", "glyph", "dash"] as const)
      expect(new Set(marks.map((mark) => mark[part])).size).toBe(6);
    const all = Array.from({ length: 26 }, (_, i) => armMark(i));
    expect(new Set(all.map(({ color, symbol }) => color + symbol)).size).toBe(26);
    expect(new Set(all.map(({ color, dash }) => color + dash)).size).toBe(26);
    // The base's grey is the base's alone.
    for (let i = 1; i < 60; i++) expect(armMark(i).color).not.toBe(armMark(0).color);
  });
});

describe("relativeSpread", () => {
  const triangle = [
    { x: 0, y: 0, label: 3 },
    { x: 6, y: 0, label: 5 },
    { x: 3, y: 5, label: 7 },
  ];

  test("is 0 for points on their centres, and the ratio of the two mean distances else", () => {
    expect(relativeSpread([3, 5, 7], triangle)).toBe(0);
    const spread = triangle.flatMap(({ x, y, label }) => [
      { x: x - 1, y, label },
      { x: x + 1, y, label },
    ]);
    expect(relativeSpread([3, 5, 7], spread)).toBeCloseTo(1 / ((6 + 2 * Math.hypot(3, 5)) / 3), 12);
  });

  test("does not change when the plane is moved, turned by a right angle or scaled", () => {
    const points = triangle.flatMap(({ x, y, label }, i) => [
      { x: x - 0.3 * i, y: y + 0.7, label },
      { x: x + 1.1, y: y - 0.2 * i, label },
    ]);
    const moved = points.map(({ x, y, label }) => ({ x: 5 - 2 * y, y: 2 * x - 1, label }));
    expect(relativeSpread([3, 5, 7], moved)).toBeCloseTo(relativeSpread([3, 5, 7], points), 12);
  });
});

/** Contrast ratio of two sRGB colours, WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
