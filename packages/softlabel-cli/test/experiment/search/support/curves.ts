import type { Random } from "../../../../src/data/random.ts";
import {
  type Asha,
  type AshaDecision,
  type AshaRule,
  createAsha,
  epochOfRung,
} from "../../../../src/experiment/search/asha.ts";

/** What each trial would tell, epoch by epoch, if it were let: [epoch, value] in the order of the epochs. */
export type Curve = readonly (readonly [epoch: number, value: number])[];

/** Curves that fall and cross, some of which end early, miss epochs, tie or diverge. */
export function randomCurves(count: number, epochs: number, random: Random): Curve[] {
  return Array.from({ length: count }, () => {
    const every = random() < 0.2 ? 2 : 1;
    const last = random() < 0.1 ? Math.floor(random() * epochs) : epochs;
    const [start, floor, rate] = [1 + random(), random(), 0.1 + random()];
    const diverges = random() < 0.05 ? Math.ceil(random() * epochs) : Number.POSITIVE_INFINITY;
    // One decimal: ties are frequent.
    const digits = random() < 0.5 ? 1 : 6;
    const curve: [number, number][] = [];
    for (let epoch = every; epoch <= last; epoch += every) {
      const value = floor + start * Math.exp(-rate * epoch) + 0.1 * random();
      curve.push([epoch, epoch >= diverges ? Number.NaN : Number(value.toFixed(digits))]);
    }
    return curve;
  });
}

export const nameOf = (place: number): string => `trial ${place}`;
const places = (curves: readonly unknown[]): string[] => curves.map((_, i) => nameOf(i));

/** Trains one trial after the other, each until it is stopped. */
export function trainInTurn(curves: readonly Curve[], rule: AshaRule): readonly AshaDecision[] {
  return trainBeside(curves, rule, 1, () => 0).decisions;
}

/**
 * Trains `jobs` trials at a time in the order of the list, an epoch of one at a time.
 *
 * @param next - which of the running ones tells next.
 */
export function trainBeside(
  curves: readonly Curve[],
  rule: AshaRule,
  jobs: number,
  next: (running: readonly number[]) => number,
): { readonly decisions: readonly AshaDecision[]; readonly epochs: number } {
  const asha = createAsha(rule, places(curves));
  const waiting = curves.map((_, place) => place);
  const running: { place: number; told: number }[] = [];
  let epochs = 0;
  for (;;) {
    while (running.length < jobs && waiting.length > 0) running.push({ place: waiting.shift() as number, told: 0 });
    if (running.length === 0) return { decisions: asha.decisions(), epochs };
    const lane = next(running.map(({ place }) => place));
    const run = running[lane];
    const news = curves[run.place][run.told];
    if (news !== undefined) tellNext(asha, run.place, news);
    run.told++;
    epochs += news === undefined ? 0 : 1;
    if (run.told >= curves[run.place].length || asha.isStopped(nameOf(run.place))) {
      asha.end(nameOf(run.place));
      running.splice(lane, 1);
    }
  }
}

export function tellNext(asha: Asha, place: number, [epoch, value]: Curve[number]): void {
  asha.tell(nameOf(place), { epoch, value });
}

/** The rule read off its words, one trial after the other: which of them stop, and at which rung. */
export function stopsInTurn(curves: readonly Curve[], rule: AshaRule): readonly (number | null)[] {
  const came: number[][] = [];
  return curves.map((curve) => {
    for (let rung = 0; epochOfRung(rung, rule) < (rule.maxEpochs ?? Number.POSITIVE_INFINITY); rung++) {
      const value = curve.find(([epoch]) => epoch >= epochOfRung(rung, rule))?.[1];
      if (value === undefined) return null;
      if (Number.isNaN(value)) return rung;
      came[rung] = [...(came[rung] ?? []), value].sort((a, b) => (rule.better === "lower" ? a - b : b - a));
      const place = came[rung].indexOf(value);
      if (place >= Math.max(1, Math.floor(came[rung].length / rule.reductionFactor))) return rung;
    }
    return null;
  });
}
