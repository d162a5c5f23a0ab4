import { type ArmRule, numberWithInterval, shareWithInterval } from "./verdict-words.ts";

/** What a model gains that answers only where it is sure. */
export const selection: ArmRule = ({ metrics }, options) => {
  const { coverageAt5Risk: coverage, aurc, auroc, accuracy } = metrics;
  const order = `AURC ${numberWithInterval(aurc, options, 4)}${auroc.value === null ? "" : `, AUROC ${numberWithInterval(auroc, options)}`}`;
  if ((accuracy.value ?? 0) >= 0.95) {
    return [`Answering every row it is wrong on no more than 5% already; the order of its confidences: ${order}.`];
  }
  if (coverage.value === 0) return [`Even on the rows that it is surest of it is wrong more often than 5%: ${order}.`];
  return [
    `Answering only when it is surest, it can answer ${shareWithInterval(coverage, options)} of the rows with no more than 5% wrong; ${order}.`,
  ];
};
