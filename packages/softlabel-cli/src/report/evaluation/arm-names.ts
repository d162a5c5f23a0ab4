import type { EvaluatedArm } from "../../evaluation/evaluation.ts";
import { formatCount } from "../../experiment/verdict-metrics.ts";
import { type Html, html } from "../html.ts";
import { type ArmMark, armMark } from "../theme.ts";

/** How an arm is drawn: of several files the first is the grey that others are held against; a lone one has a colour. */
export function markOf(arms: readonly EvaluatedArm[], index: number): ArmMark {
  return armMark(arms.length === 1 ? 1 : index);
}

/** The arm's name with its mark, where there are several. */
export function armLabel(arm: EvaluatedArm, index: number): Html {
  const { color, glyph } = armMark(index);
  return html`<span style="color:${color}" aria-hidden="true">${glyph}</span> ${arm.name}`;
}

/** `ECE 1.2%` before an arm's name where there are several: `base.npz: ECE 1.2%`. */
export function titled(arms: readonly EvaluatedArm[], arm: EvaluatedArm, text: string): string {
  return arms.length === 1 ? text : `${arm.name}: ${text}`;
}

/** What the file names of an arm's pictures end in: nothing for a lone arm, else its number and a tame form of its name. */
export function armSuffix(arms: readonly EvaluatedArm[], index: number): string {
  if (arms.length === 1) return "";
  return `-${index + 1}-${tame(arms[index]?.name ?? "")}`;
}

/** Letters of ASCII, digits, dots and dashes, at most 40, so that every file system takes it. */
export function tame(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9.]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "")
      .slice(0, 40) || "unnamed"
  );
}

/** `1 class`, `10 classes`. */
export function countedClasses(count: number): string {
  return count === 1 ? "1 class" : `${formatCount(count)} classes`;
}

/** A class as its user calls it: its name, else its number; a word is its own. */
export function className({ source }: EvaluatedArm, label: number | string): string {
  return typeof label === "string" ? label : (source.classNames?.[label] ?? String(label));
}
