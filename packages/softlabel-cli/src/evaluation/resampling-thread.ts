import { parentPort } from "node:worker_threads";
import { bootstrapIntervals } from "softlabel/calibration";
import { rowMeasure } from "./scored-rows.ts";
import { claims, publish, type ThreadOrder } from "./shared-resamples.ts";

/*
 * A program: measures resamples beside the thread that started it. It draws what the other draws, by the same bootstrap,
 * and measures every other block where it is first to claim it.
 */
parentPort?.on("message", ({ sets, seed, shared }: ThreadOrder) => {
  const { resamples } = shared;
  const isOwn = claims(shared, true);
  const width = shared.values.length / resamples;
  const measures = sets.map(rowMeasure);
  let resample = 0;
  const of = (counts: Uint32Array): number => {
    // After the last it is asked once more, of the rows as they are.
    if (isOwn(resample)) {
      let at = resample * width;
      for (const { measure, names } of measures) {
        measure(counts, shared.values, at);
        at += names.length;
      }
      publish(shared, resample);
    }
    resample++;
    return 0;
  };
  bootstrapIntervals({ all: { rows: sets[0].given.confidence.length, of } }, { resamples, seed });
});
