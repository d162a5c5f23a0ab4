import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { pythonWith } from "../../../../../test/optional-parts/optional-parts.ts";
import { randomStream } from "../../../src/data/random.ts";
import type { AshaRule } from "../../../src/experiment/search/asha.ts";
import { nameOf, randomCurves, trainInTurn } from "./support/curves.ts";

const optuna = pythonWith("optuna");

/** One trial after the other; of each the epoch after which Optuna prunes it, or none. */
const script = `
import json, logging, sys
import optuna
optuna.logging.set_verbosity(logging.ERROR)
stops = []
for study in json.load(sys.stdin):
    pruner = optuna.pruners.SuccessiveHalvingPruner(
        min_resource=study["minEpochs"], reduction_factor=study["reductionFactor"],
        min_early_stopping_rate=0, bootstrap_count=0)
    direction = "minimize" if study["better"] == "lower" else "maximize"
    run = optuna.create_study(direction=direction, pruner=pruner)
    stops.append([])
    for curve in study["curves"]:
        trial = run.ask()
        stop = None
        for epoch, value in curve:
            trial.report(float("nan") if value is None else value, epoch)
            if trial.should_prune():
                stop = epoch
                break
        run.tell(trial, state=optuna.trial.TrialState.PRUNED if stop else optuna.trial.TrialState.FAIL)
        stops[-1].append(stop)
print(json.dumps(stops))`;

it.skipIf(optuna === null)(
  "asynchronous successive halving decides as Optuna's SuccessiveHalvingPruner, some thousand times [needs optuna]",
  { timeout: 60_000 },
  () => {
    const random = randomStream(1, "studies");
    const studies = Array.from({ length: 130 }, () => {
      const rule: AshaRule = {
        minEpochs: 1 + Math.floor(random() * 3),
        reductionFactor: 2 + Math.floor(random() * 3),
        maxEpochs: null, // Optuna knows none
        better: random() < 0.5 ? "lower" : "higher",
      };
      return { ...rule, curves: randomCurves(1 + Math.floor(random() * 50), 20, random) };
    });
    const { stdout, stderr } = spawnSync(optuna as string, ["-c", script], {
      encoding: "utf8",
      input: JSON.stringify(studies), // a NaN arrives as null
      maxBuffer: 1e8,
    });
    expect(stdout, stderr).not.toBe("");
    const pruned = JSON.parse(stdout) as (number | null)[][];
    let compared = 0;
    for (const [i, { curves, ...rule }] of studies.entries()) {
      const decisions = trainInTurn(curves, rule);
      compared += decisions.length;
      const stops = curves.map(
        (_, place) => decisions.find((d) => d.trial === nameOf(place) && !d.goesOn)?.epoch ?? null,
      );
      expect(stops, `study ${i}`).toEqual(pruned[i]);
    }
    expect(compared).toBeGreaterThan(4000);
  },
);
