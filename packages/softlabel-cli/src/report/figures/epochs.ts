import type * as Plot from "@observablehq/plot";
import type { Arm, ArmFigures, EpochPoint } from "../../experiment/results.ts";

/** Whether some seed of an arm has a number under it. */
export function isTold({ figures: { history } }: Pick<Arm, "figures">, field: keyof EpochPoint): boolean {
  return history.some((series) => series.some((point) => Number.isFinite(point[field])));
}

/** The mean at each epoch that every seed tells of; where one tells no number there is none, and the line has a gap. */
export function meanByEpoch(
  history: ArmFigures["history"],
  field: keyof EpochPoint,
  scale: number,
): readonly { readonly epoch: number; readonly value: number }[] {
  const told = history.map((series) => new Map(series.map((point) => [point.epoch, point[field]])));
  const epochs = [...(told[0]?.keys() ?? [])].filter((epoch) => told.every((values) => values.has(epoch)));
  const means = epochs.map((epoch) => {
    const sum = told.reduce((total, values) => total + (values.get(epoch) ?? Number.NaN), 0);
    return { epoch, value: (scale * sum) / told.length };
  });
  return means.some(({ value }) => Number.isFinite(value)) ? means : [];
}

/** From the first epoch told to the last; one alone stands at the right edge. */
export function epochAxis(histories: readonly ArmFigures["history"][]): Plot.ScaleOptions {
  const told = new Set(histories.flatMap((history) => history.flatMap((series) => series.map(({ epoch }) => epoch))));
  const epochs = [...told].sort((a, b) => a - b);
  const [first, last] = [epochs[0] as number, epochs.at(-1) as number];
  const step = Math.max(1, Math.ceil(epochs.length / 6));
  return {
    domain: [first === last ? first - 1 : first, last],
    ticks: epochs.filter((_, i) => (epochs.length - 1 - i) % step === 0),
    tickFormat: "d",
    label: "epoch →",
  };
}
