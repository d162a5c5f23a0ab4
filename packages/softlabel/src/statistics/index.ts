export { betaCdf, betaQuantile } from "./beta-distribution.ts";
export { chiSquaredCdf, chiSquaredQuantile, chiSquaredSurvival } from "./chi-squared.ts";
export { holm } from "./holm.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export { type PairedDifference, type Pairs, pairedDifference } from "./paired-difference.ts";
export { type SignFlipTest, signFlipTest } from "./sign-flip-test.ts";
export { studentTCdf, studentTQuantile } from "./student-t.ts";
export { type SampleSummary, summarize } from "./summarize.ts";
export { type WilcoxonOptions, type WilcoxonSignedRank, wilcoxonSignedRank } from "./wilcoxon-signed-rank.ts";
