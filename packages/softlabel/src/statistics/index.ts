export { holm } from "./holm.ts";
export { type PairedDifference, type Pairs, pairedDifference } from "./paired-difference.ts";
export { type SignFlipTest, signFlipTest } from "./sign-flip-test.ts";
export { studentTCdf, studentTQuantile } from "./student-t.ts";
export { type SampleSummary, summarize } from "./summarize.ts";
