// The raw results as the table of docs/threads.md.
import { markdown } from "../loss/tables.js";

const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const ratio = ({ one, two }) => `${(one.median / two.median).toFixed(2)}×`;

/**
 * Microseconds on one thread and on two, and how many times as fast two are.
 * @param {{ shapes: readonly { rows: number, classes: number, sides: object }[] }} results
 */
export function threadsTable({ shapes }) {
  const lines = shapes.map(({ rows, classes, sides: { atOnce, paused } }) => [
    `[${rows}, ${classes}]`,
    `${rows * classes}`,
    digits(atOnce.one.median),
    digits(atOnce.two.median),
    ratio(atOnce),
    ratio(paused),
  ]);
  return markdown([["logits", "numbers", "one thread, µs", "two, µs", "faster", "after a pause"], ...lines]);
}
