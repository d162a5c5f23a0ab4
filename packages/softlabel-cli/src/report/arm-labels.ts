import { type ArmName, allNamedByEpsilon, isNamedByEpsilon, tidied } from "../experiment/arm-naming.ts";
import { formatEpsilon } from "../experiment/verdict-metrics.ts";
import { type Html, html } from "./html.ts";
import { armMark, type LegendEntry, namedLegend } from "./theme.ts";

/** An arm's name where it stands alone, over a panel or in a legend: one written from the right turns nothing else. */
export function armLabel({ name }: ArmName): string {
  const label = tidied(name);
  return rightToLeft.test(label) ? `\u2068${label}\u2069` : label;
}

const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** What the arms of a table are called, and its column: `0.1` under `ε` while that says all, else names under `Arm`. */
export function armColumn(arms: readonly ArmName[]): {
  readonly heading: "ε" | "Arm";
  readonly cell: (arm: ArmName) => string;
} {
  return allNamedByEpsilon(arms)
    ? { heading: "ε", cell: ({ epsilon }) => formatEpsilon(epsilon) }
    : { heading: "Arm", cell: armLabel };
}

/** An arm's mark in its colour and its name, which keeps its own direction of writing. */
export function markedName(index: number, name: string): Html {
  const { color, glyph } = armMark(index);
  return html`<span style="color:${color}" aria-hidden="true">${glyph}</span> <bdi>${name}</bdi>`;
}

/** The legend of a panel that all arms share. */
export function armLegend(arms: readonly ArmName[], kind: "line" | "dot"): readonly LegendEntry[] {
  return namedLegend(arms.map(armLabel), kind);
}

/** `ε = 0.1` that no line breaks; a name of its own breaks where it likes. */
export function unbrokenLabel(arm: ArmName): string {
  return isNamedByEpsilon(arm) ? armLabel(arm).replaceAll(" ", "\u00a0") : armLabel(arm);
}

/**
 * What the file names of an arm's pictures end in: `epsilon-0.1`, and where arms have names of their own
 * `arm-2-cosine-schedule`: letters that every file system takes, and a place that no other arm has.
 */
export function armSlug(arms: readonly ArmName[], index: number): string {
  const arm = arms[index] as ArmName;
  if (allNamedByEpsilon(arms)) return `epsilon-${formatEpsilon(arm.epsilon)}`;
  const words = arm.name
    .replaceAll("ε", "epsilon")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9.]+/g, "-")
    .slice(0, longestSlug)
    .replace(/^[-.]+|[-.]+$/g, "");
  return words === "" ? `arm-${index}` : `arm-${index}-${words}`;
}

const longestSlug = 40;
