import type { AttackedDigit } from "../../../../src/experiment/adversarial/results.ts";

/** The strokes of a seven-segment display that are on, digit by digit: top, middle, bottom, then left and right halves. */
const segments = ["tbLRlr", "Rr", "tmbRl", "tmbRr", "mLRr", "tmbLr", "tmbLlr", "tRr", "tmbLRlr", "tmbLRr"] as const;

type Arm = Pick<AttackedDigit["seenBy"][number], "labelSmoothing" | "training">;

/** One digit on a display, attacked by every arm within `epsilon`: pictures that no model has seen. */
export function imaginedDigit(
  label: number,
  arms: readonly Arm[],
  { epsilon, norm, channels }: { readonly epsilon: number; readonly norm: "inf" | 2; readonly channels: number },
): AttackedDigit {
  const clean = display(label).flatMap((value) =>
    Array.from({ length: channels }, (_, channel) => Math.round(value * (1 - 0.25 * channel))),
  );
  return {
    row: 3 * label + 1,
    label,
    clean,
    seenBy: arms.map((arm, index) => {
      const robust = arm.training === "adversarial" && label % 4 !== 3;
      const wrong = (label + 3 + index) % 10;
      return {
        ...arm,
        attacked: clean.map((value, i) => {
          const wave = Math.sin(0.9 * (i % 28) + index + label) + Math.cos(0.7 * Math.floor(i / 28) - label);
          const step = norm === "inf" ? epsilon * Math.sign(wave) : (epsilon * wave) / Math.sqrt(clean.length);
          return Math.round(Math.min(255, Math.max(0, value + 255 * step)));
        }),
        prediction: {
          clean: { label, confidence: arm.labelSmoothing === 0 ? 0.9991 : 0.912 },
          attacked: { label: robust ? label : wrong, confidence: 0.99 - 0.3 * arm.labelSmoothing - 0.04 * label },
        },
      };
    }),
  };
}

/** 28 × 28 bytes, with soft edges. */
function display(label: number): readonly number[] {
  const on = segments[label % segments.length] as string;
  const bars: Readonly<Record<string, readonly [x1: number, y1: number, x2: number, y2: number]>> = {
    t: [9, 5, 19, 5],
    m: [9, 14, 19, 14],
    b: [9, 23, 19, 23],
    L: [9, 5, 9, 14],
    R: [19, 5, 19, 14],
    l: [9, 14, 9, 23],
    r: [19, 14, 19, 23],
  };
  return Array.from({ length: 28 * 28 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    const near = Math.min(
      ...[...on].map((name) => {
        const [x1, y1, x2, y2] = bars[name] as readonly [number, number, number, number];
        return Math.hypot(x - Math.min(x2, Math.max(x1, x)), y - Math.min(y2, Math.max(y1, y)));
      }),
    );
    return Math.round(255 * Math.min(1, Math.max(0, 2.2 - near)));
  });
}
