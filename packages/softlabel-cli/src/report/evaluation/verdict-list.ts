import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { type Html, html } from "../html.ts";
import { sentence } from "../page.ts";
import { armLabel } from "./arm-names.ts";

interface Group {
  /** Place of the arm that the sentences speak of; null where they speak of all. */
  readonly arm: number | null;
  readonly sentences: string[];
}

/**
 * The verdict's sentences after the first, in their order.
 *
 * Of several files each begins with the name of the one that it speaks of: the name then stands once above its
 * sentences, and all but the first of them are folded.
 */
export function verdictList(results: EvaluationResults): Html {
  const groups = grouped(results);
  return html`<div class="verdict">${groups.map((group) => verdictGroup(results, group))}</div>`;
}

function verdictGroup({ arms }: EvaluationResults, { arm: index, sentences }: Group): Html {
  const arm = index === null ? undefined : arms[index];
  if (arm === undefined || index === null) return list(sentences);
  const [first = "", ...rest] = sentences;
  return html`<h2>${armLabel(arm, index)}</h2>${list([first])}${
    rest.length === 0 ? null : html`<details><summary>More of ${arm.name}</summary>${list(rest)}</details>`
  }`;
}

function list(sentences: readonly string[]): Html {
  return html`<ul>
${sentences.map((text) => html`<li>${sentence(text)}</li>\n`)}</ul>`;
}

function grouped({ arms, verdict }: EvaluationResults): readonly Group[] {
  const groups: Group[] = [];
  for (const text of verdict.slice(1)) {
    const found = arms.length === 1 ? -1 : arms.findIndex(({ name }) => text.startsWith(`${name}: `));
    const arm = found === -1 ? null : found;
    const spoken = found === -1 ? text : text.slice((arms[found]?.name.length ?? 0) + 2);
    const last = groups.at(-1);
    if (last !== undefined && last.arm === arm) last.sentences.push(spoken);
    else groups.push({ arm, sentences: [spoken] });
  }
  return groups;
}
