import type { RecalibratedArm } from "../../evaluation/evaluation.ts";
import { formatNumber } from "../../experiment/verdict-metrics.ts";
import { counted } from "../../experiment/verdict-wording.ts";
import { countedClasses } from "./arm-names.ts";
import { isNumber } from "./measures.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** What a recalibrator does, with the numbers that were fitted; an unknown method by the names of its parameters. */
export function parametersInWords(method: string, arm: Pick<RecalibratedArm, "parameters" | "interval">): string {
  const describe = methods[method];
  return describe === undefined
    ? `Parameters: ${Object.keys(arm.parameters).join(", ") || "none"}.`
    : describe(arm.parameters, arm.interval);
}

const methods: Readonly<Record<string, (parameters: Parameters, interval?: RecalibratedArm["interval"]) => string>> = {
  temperature: ({ temperature }, interval) =>
    `Every logit is divided by T = ${temperatureText(temperature)}${intervalText(interval)}: ${effect(temperature)}. No row’s first choice changes.`,
  ensemble: ({ temperature, weights }) => {
    const [scaled, plain, uniform] = numbers(weights).map((weight) => `${formatNumber(100 * weight, 1)}%`);
    return `A mixture of ${scaled ?? "–"} of the predictions at T = ${temperatureText(temperature)}, ${plain ?? "–"} of them as they are and ${uniform ?? "–"} of equal probabilities.`;
  },
  vector: ({ scales, intercepts }) =>
    `The logit of each class is multiplied by a number of its own, ${range(numbers(scales))}, and one is added, ${range(numbers(intercepts))}.`,
  matrix: (parameters) => affine(parameters, "logits"),
  dirichlet: (parameters) => affine(parameters, "log-probabilities"),
  platt: ({ scheme, maps }) =>
    `σ(a·logit p + b), ${mapsInWords(scheme, maps)}: a ${range(field(maps, "slope"))}, b ${range(field(maps, "intercept"))}.`,
  beta: ({ scheme, maps }) =>
    `σ(a·ln p − b·ln(1 − p) + c), ${mapsInWords(scheme, maps)}: a ${range(field(maps, "a"))}, b ${range(field(maps, "b"))}, c ${range(field(maps, "c"))}.`,
  isotonic: ({ scheme, maps }) =>
    `A curve that never falls, ${mapsInWords(scheme, maps)}, of ${rangeOfCounts(maps, "x", "point")}.`,
  histogram: ({ scheme, maps }) =>
    `The share of each bin that came true, ${mapsInWords(scheme, maps)}, of ${rangeOfCounts(maps, "values", "bin")}.`,
};

function temperatureText(temperature: unknown): string {
  if (temperature === "Infinity") return "∞";
  return formatNumber(isNumber(temperature) ? temperature : Number.NaN, 3);
}

function intervalText(interval: RecalibratedArm["interval"]): string {
  if (interval === undefined) return "";
  return ` (${formatNumber(interval.low, 3)} to ${interval.high === null ? "∞" : formatNumber(interval.high, 3)})`;
}

function effect(temperature: unknown): string {
  if (temperature === "Infinity" || temperature === Number.POSITIVE_INFINITY) {
    return "every class gets the same probability";
  }
  if (!isNumber(temperature)) return "unknown";
  if (temperature === 0) return "all probability goes to the first choice";
  if (temperature > 1) return "confidence falls";
  return temperature < 1 ? "confidence rises" : "nothing changes";
}

function affine({ weights, intercepts }: Parameters, of: string): string {
  const rows = Array.isArray(weights) ? weights.map(numbers) : [];
  const diagonal = rows.flatMap((row, i) => row.slice(i, i + 1));
  const others = rows.flatMap((row, i) => row.filter((_, j) => j !== i));
  return `The ${of} of a row are multiplied by a matrix, its diagonal ${range(diagonal)} and the rest ${range(others)}, and numbers are added, ${range(numbers(intercepts))}.`;
}

function mapsInWords(scheme: unknown, maps: unknown): string {
  const count = Array.isArray(maps) ? maps.length : 0;
  if (scheme === "top-label") return "one map of the largest probability";
  return count === 1 ? "one map of the second class" : `a map for each of ${countedClasses(count)}`;
}

function field(maps: unknown, name: string): readonly number[] {
  return Array.isArray(maps) ? numbers(maps.map((map: Parameters) => map[name])) : [];
}

function rangeOfCounts(maps: unknown, name: string, noun: string): string {
  const lengths = Array.isArray(maps) ? maps.map((map: Parameters) => (map[name] as readonly unknown[]).length) : [];
  if (lengths.length === 0) return `no ${noun}s`;
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return least === most ? counted(least, noun) : `${least} to ${counted(most, noun)}`;
}

function numbers(values: unknown): readonly number[] {
  return Array.isArray(values) ? values.filter(isNumber) : [];
}

/** `0.912 to 1.204`, or the one number that it is; a dash where there is none. */
function range(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const [least, most] = values.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  const [low, high] = [formatNumber(least, 3), formatNumber(most, 3)];
  return low === high ? low : `${low} to ${high}`;
}
