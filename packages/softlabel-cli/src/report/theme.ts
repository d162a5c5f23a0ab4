/** How one arm is drawn everywhere: a colour that both schemes define, a symbol and a dash that need no colour. */
export interface ArmMark {
  readonly color: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "cross";
  readonly dash: string;
  /** The symbol as a character, for legends and tables. */
  readonly glyph: string;
}

// Okabe and Ito's palette, told apart under every common colour blindness; ε = 0 is the grey that all are held against.
const marks: readonly ArmMark[] = [
  { color: "var(--arm-0)", symbol: "circle", dash: "5 3", glyph: "●" },
  { color: "var(--arm-1)", symbol: "square", dash: "none", glyph: "■" },
  { color: "var(--arm-2)", symbol: "triangle", dash: "1.5 2.5", glyph: "▲" },
  { color: "var(--arm-3)", symbol: "diamond", dash: "8 3 2 3", glyph: "◆" },
  { color: "var(--arm-4)", symbol: "star", dash: "10 3", glyph: "★" },
  { color: "var(--arm-5)", symbol: "cross", dash: "3 1.5", glyph: "✚" },
];

/**
 * The mark of the arm at `index`; from the seventh arm on the colours come round again, each with another's symbol and
 * dash, and never the baseline's.
 */
export function armMark(index: number): ArmMark {
  if (index < marks.length) return marks[index] as ArmMark;
  const others = marks.length - 1;
  const [place, round] = [(index - 1) % others, Math.floor((index - 1) / others)];
  const { color } = marks[1 + place] as ArmMark;
  return { ...(marks[1 + ((place + round) % others)] as ArmMark), color };
}

/** One entry of a figure's legend; `dash` is there where lines are drawn. */
export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly glyph: string;
  readonly dash: string | null;
}

/** The legend of arms that have names. */
export function namedLegend(names: readonly string[], kind: "line" | "dot"): readonly LegendEntry[] {
  return names.map((label, index) => legendEntry(label, armMark(index), kind));
}

/** The legend's entry of one mark. */
export function legendEntry(label: string, { color, glyph, dash }: ArmMark, kind: "line" | "dot"): LegendEntry {
  return { label, color, glyph, dash: kind === "line" ? dash : null };
}

/** Marks of the three classes in the picture of penultimate activations. */
export function classMark(index: number): ArmMark {
  return marks[[1, 2, 3][index % 3] as number] as ArmMark;
}

const light = `
  --page: #fdfdfc; --panel: #f5f4f1; --ink: #1b1b1a; --muted: #5d5c58; --rule: #dcdad4;
  --better: #00664f; --better-tint: #dff1ea; --worse: #a4261d; --worse-tint: #fae5e2;
  --arm-0: #6c6b67; --arm-1: #0069a8; --arm-2: #c75000; --arm-3: #008563; --arm-4: #a8447c; --arm-5: #7d6300;`;

const dark = `
  --page: #161615; --panel: #212120; --ink: #ededeb; --muted: #a5a49f; --rule: #3a3a37;
  --better: #5fd0ad; --better-tint: #143a30; --worse: #ff9c8f; --worse-tint: #48211c;
  --arm-0: #aeada7; --arm-1: #5db8ec; --arm-2: #f39149; --arm-3: #3ecda0; --arm-4: #e39cc4; --arm-5: #e2c250;`;

/** The colours of both schemes as CSS variables; paper is always light. */
export const colorVariables: string = `:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }`;
