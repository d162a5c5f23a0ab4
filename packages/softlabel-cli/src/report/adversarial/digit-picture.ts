import type { AdversarialResults, AttackedDigit, Guess } from "../../experiment/adversarial/results.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { labelledSvg, type Panel } from "../drawing.ts";
import { escapeHtml } from "../html.ts";
import { type ArmKey, armInWords, smoothingMark } from "./arm-names.ts";
import { imagePixels, largestChange, perturbationPixels, signedColors } from "./perturbation.ts";
import { type Pixels, pngDataUri } from "./png.ts";

/** In units of the picture, which are pixels at its natural size. */
const names = 104;
const cell = 58;
const tile = 50;
const line = 14;
const gap = 12;
/** To the left and the right: the picture is a file of its own too. The report takes the left one back. */
const edge = 6;

/**
 * Digits side by side: each as it is, and for each arm the perturbation and the attacked digit, with what that arm
 * answers before and after.
 */
export function digitPicture(results: AdversarialResults): Panel {
  const { digits, experiment } = results;
  const { data } = experiment;
  const arms = digits[0]?.seenBy ?? [];
  const limit = largestChange(digits.flatMap(({ clean, seenBy }) => seenBy.map((seen) => [clean, seen.attacked])));
  const parts: string[] = [];
  let y = 0;
  const row = (height: number, label: string, of: (digit: AttackedDigit, middle: number) => string): void => {
    parts.push(text(0, y + height / 2 + 3.5, label, 'class="row"'));
    digits.forEach((digit, i) => void parts.push(of(digit, names + i * cell + cell / 2)));
    y += height;
  };
  const tiles = (label: string, of: (digit: AttackedDigit) => Pixels): void =>
    row(tile + 4, label, (digit, middle) => image(middle - tile / 2, y, of(digit)));
  // A name of more than two letters takes a line of its own, the confidence another.
  const lines = data.classNames.some((name) => name.length > 2) ? 2 : 1;
  const guesses = (label: string, { labelSmoothing, training }: ArmKey, when: keyof Seen["prediction"]): void =>
    row(lines * line, label, (digit, middle) => {
      const seen = digit.seenBy.find((one) => one.labelSmoothing === labelSmoothing && one.training === training);
      return seen === undefined
        ? ""
        : guess(middle, y + 10, seen.prediction[when], digit, { classNames: data.classNames, lines });
    });

  row(line, "label", ({ label }, middle) =>
    text(middle, y + 10, classText(label, data.classNames, 9), 'font-weight="600"'),
  );
  tiles("as it is", ({ clean }) => imagePixels(clean, data));
  arms.forEach((arm, i) => {
    y += gap;
    const { color, glyph } = smoothingMark(results, arm.labelSmoothing);
    const name = escapeHtml(armInWords(arm, experiment));
    parts.push(
      `<path d="M0 ${y}H${names + digits.length * cell}" stroke="var(--rule)"/>` +
        `<text x="0" y="${y + 14}" text-anchor="start" font-weight="600"><tspan fill="${color}">${glyph}</tspan> ${name}</text>`,
    );
    y += 22;
    guesses("answer as it is", arm, "clean");
    y += 3;
    tiles("perturbation", ({ clean, seenBy }) => perturbationPixels(clean, seenBy[i]?.attacked ?? clean, limit, data));
    tiles("attacked", ({ clean, seenBy }) => imagePixels(seenBy[i]?.attacked ?? clean, data));
    guesses("answer attacked", arm, "attacked");
  });
  y += gap;
  parts.push(scale(y, limit, data.channels));
  const [width, height] = [names + digits.length * cell + 2 * edge, y + 16];
  const alt = inWords(results);
  const svg =
    '<svg class="plot digits" fill="currentColor" font-family="system-ui, sans-serif" font-size="9.5" text-anchor="middle" ' +
    `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<g transform="translate(${edge} 0)" style="image-rendering:pixelated">${parts.join("")}</g></svg>`;
  return { name: "digits", title: "Digits as they are, perturbed and attacked", alt, svg: labelledSvg(svg, alt) };
}

type Seen = AttackedDigit["seenBy"][number];

function image(x: number, y: number, pixels: Pixels): string {
  return (
    `<image x="${x}" y="${y}" width="${tile}" height="${tile}" href="${pngDataUri(pixels)}"/>` +
    `<rect x="${x}" y="${y}" width="${tile}" height="${tile}" fill="none" stroke="var(--rule)"/>`
  );
}

/** `7 99%`; a wrong answer has a cross before it, and the colour only repeats that. */
function guess(
  x: number,
  y: number,
  { label, confidence }: Guess,
  digit: AttackedDigit,
  { classNames, lines }: { readonly classNames: readonly string[]; readonly lines: 1 | 2 },
): string {
  const right = label === digit.label;
  const name = right ? classText(label, classNames, 9) : `✗ ${classText(label, classNames, 7)}`;
  const look = right ? "" : 'fill="var(--worse)" font-weight="600"';
  if (lines === 1) return text(x, y, `${name} ${confidenceText(confidence)}`, look);
  return text(x, y, name, look) + text(x, y + line - 2, confidenceText(confidence), look);
}

/** A share in whole per cent that says 100% of nothing less. */
export function confidenceText(confidence: number): string {
  const whole = Math.round(100 * confidence);
  return whole === 100 && confidence < 1 ? ">99%" : `${whole}%`;
}

/** The class's name, or its beginning where it is longer than `letters`. */
function classText(label: number, classNames: readonly string[], letters: number): string {
  const name = [...(classNames[label] ?? String(label))];
  return name.length <= letters ? name.join("") : `${name.slice(0, letters - 1).join("")}…`;
}

/** The bar that says which colour is which change. */
function scale(y: number, limit: number, channels: number): string {
  const most = (limit / 255).toFixed(2);
  if (channels === 3) {
    const words = `perturbation: grey is unchanged, black −${most} and white +${most} in each colour`;
    return text(0, y + 11, words, 'class="row"');
  }
  const rgb = (color: readonly number[]): string => `rgb(${color.join(",")})`;
  const { darker, same, brighter } = signedColors;
  const stops = [darker, same, brighter].map((color, i) => `<stop offset="${i / 2}" stop-color="${rgb(color)}"/>`);
  return (
    `<defs><linearGradient id="signed">${stops.join("")}</linearGradient></defs>` +
    `${text(0, y + 11, "perturbation", 'class="row"')}${text(names + 18, y + 11, `−${most}`, "")}` +
    `<rect x="${names + 38}" y="${y + 3}" width="120" height="10" fill="url(#signed)"/>` +
    text(names + 178, y + 11, `+${most}`, "")
  );
}

/** Row labels begin at the left, everything else is centred on x. */
function text(x: number, y: number, words: string, attributes: string): string {
  const anchored = attributes === 'class="row"' ? 'text-anchor="start" fill="var(--muted)"' : attributes;
  return `<text x="${x}" y="${y}"${anchored === "" ? "" : ` ${anchored}`}>${escapeHtml(words)}</text>`;
}

/** How many digits each arm still gets right. */
function inWords({ digits, experiment }: AdversarialResults): string {
  const kept = (digits[0]?.seenBy ?? []).map((arm, i) => {
    const right = digits.filter(({ label, seenBy }) => seenBy[i]?.prediction.attacked.label === label);
    return `${right.length} with ${armInWords(arm, experiment)}`;
  });
  return `${counted(digits.length, "test image")} as they are, perturbed and attacked; answered right when attacked: ${kept.join("; ")}.`;
}
