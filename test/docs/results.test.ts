import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { metricNames } from "../../packages/softlabel-cli/src/experiment/results.ts";
import { root } from "../house/imports.ts";

const page = readFileSync(join(root, "docs/results.md"), "utf8");
const results = JSON.parse(
  readFileSync(join(root, "packages/softlabel-cli/test/fixtures/results-lenet5.json"), "utf8"),
);

describe("docs/results.md", () => {
  it("names every field of results.json down to the parts of an arm", () => {
    const named = (name: string): boolean => new RegExp(`[\`.]${name}\\b`).test(page);
    const { experiment, run, arms } = results;
    const fields = [results, experiment, experiment.data, experiment.trainer, run, arms[1]].flatMap(Object.keys);
    const parts = Object.keys(results.arms[1].difference.accuracy).concat(Object.keys(results.arms[1].figures));
    const grouped = ["arms", "experiment"]; // named by their parts
    const afterTemperature = (name: string): boolean => name.endsWith("AfterTemperature") && named(name.slice(0, -16));
    const missing = [...fields, ...parts].filter(
      (name) => !grouped.includes(name) && !named(name) && !afterTemperature(name),
    );
    expect(missing).toEqual([]);
  });

  it("explains every metric, and no other", () => {
    const table = page.slice(page.indexOf("| NAME "));
    expect([...table.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name)).toEqual([...metricNames]);
  });

  it("names the schema", () => {
    expect(page).toContain(`\`"${results.schema}"\``);
  });
});
