import { type Random, randomStream } from "../data/random.ts";

/** The stream that draws where a run begins: the restart, from 0, and the row of the inputs. */
export type Starts = (restart: number, row: number) => Random;

/** A stream for each row and restart: what other rows draw, and how they are cut into batches, changes nothing. */
export function seededStarts(seed: number): Starts {
  return (restart, row) => randomStream(seed, `start ${restart} of row ${row}`);
}
