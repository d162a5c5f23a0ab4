import { nameInWords, withoutAnsi } from "../experiment/arm-naming.ts";
import type { Missing } from "../experiment/results.ts";
import { everySeed, firstLine, type Incomplete, namesLeftOut } from "../experiment/verdict-missing.ts";
import { counted } from "../experiment/verdict-wording.ts";
import type { CsvTable } from "./csv.ts";
import { downloads } from "./figure-section.ts";
import { type Html, html } from "./html.ts";

/** Reasons that stand open; those after them are folded. */
const mostOpen = 3;

/** Every trial without a result, with its whole reason; `null` where none is missing. */
export function missingSection(results: Incomplete): Html | null {
  const { missing, experiment } = results;
  if (missing.length === 0) return null;
  const leftOut = namesLeftOut(results);
  const lost = everySeed(results).filter((seed) => !experiment.seeds.includes(seed));
  const seeds =
    lost.length === 0
      ? null
      : html` A seed that some arm lacks is compared nowhere; of ${counted(everySeed(results).length, "seed")} that leaves ${experiment.seeds.length}.`;
  const arms =
    leftOut.length === 0
      ? null
      : html` Without a result on any seed, and therefore left out of every table and figure: ${leftOut.map((name, i) => html`${i === 0 ? "" : ", "}<bdi>${nameInWords(name)}</bdi>`)}.`;
  return html`<p>${counted(missing.length, "trial")} of this experiment ${missing.length === 1 ? "has" : "have"} no result.${seeds}${arms} What is here is judged on the rest.</p>
<div class="missing">${missing.map(reason)}</div>
${downloads([missingCsv(results)], "table")}`;
}

/** Folded where there is more than the line that stands over it. */
function reason({ arm, seed, reason: text }: Missing, index: number): Html {
  const line = firstLine(text);
  if (line === text.trim()) return html`<p><bdi>${nameInWords(arm)}</bdi>, seed ${seed}: ${line}</p>\n`;
  return html`<details${index < mostOpen ? " open" : ""}><summary><bdi>${nameInWords(arm)}</bdi>, seed ${seed}: ${line}</summary><pre dir="auto">${printable(text)}</pre></details>
`;
}

/** A log without the codes that colour a terminal, and without other characters that no page shows. */
function printable(text: string): string {
  return withoutAnsi(text)
    .trim()
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "�");
}

/** Arm, seed and reason of every trial without a result. */
export function missingCsv({ missing }: Pick<Incomplete, "missing">): CsvTable {
  return {
    name: "missing",
    columns: ["arm", "seed", "reason"],
    rows: missing.map(({ arm, seed, reason: text }) => [arm, seed, printable(text)]),
  };
}
