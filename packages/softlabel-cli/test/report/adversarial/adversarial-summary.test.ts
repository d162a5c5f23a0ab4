import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { adversarialSummary } from "../../../src/report/adversarial/adversarial-summary.ts";
import { imagined } from "./support/imagined.ts";

describe("adversarialSummary", () => {
  const results = imagined();
  const plain = adversarialSummary(results, { color: false });

  test("is a line for each arm, aligned, with what the numbers must not be taken for", () => {
    expect(plain).toMatchInlineSnapshot(`
      "Test accuracy, attacked at strength 0.3 in L∞
      trained on      ε  clean   FGSM  PGD-40  transfer
      clean images    0  98.9%   1.0%    0.4%      9.1%
      against FGSM    0  98.7%  98.1%    5.3%     98.5%
      clean images  0.1  99.1%  21.5%    0.5%      9.1%  ✗ hidden gradients, ✗ 1 check failed
      against FGSM  0.1  98.8%  97.9%    5.4%     98.3%"
    `);
    for (const line of plain.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("colour adds nothing but colour", () => {
    const colored = adversarialSummary(results, { color: true });
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(colored).toContain("\u001b[31m✗ hidden gradients, ✗ 1 check failed\u001b[39m");
  });

  test("what ten seeds show is said attack by attack", () => {
    const shown = imagined({ seeds: 10 });
    const unmasked = { ...shown, checks: [], comparisons: shown.comparisons.map((one) => ({ ...one, masked: false })) };
    const line = adversarialSummary(unmasked, { color: false }).split("\n").at(-2) ?? "";
    expect(line).toMatch(/^clean images +0\.1 /);
    expect(line).toMatch(/✓ FGSM better/);
  });

  test("nothing is compared where ε = 0 stands alone", () => {
    const lines = adversarialSummary(imagined({ labelSmoothings: [0] }), { color: false }).split("\n");
    expect(lines.length).toBe(2 + 2);
    for (const line of lines) expect(line).not.toMatch(/[✓✗≈]/);
  });
});
