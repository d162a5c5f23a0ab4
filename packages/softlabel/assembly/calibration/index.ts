/**
 * The passes over logits of softlabel/calibration, two float64 at a time. Addresses are bytes; from TABLE on lies the
 * table of constants, which the library writes, and everything else where the caller says.
 */
export { scoreRows } from "./score-rows";
export { extremesOfRows, momentsOfRows } from "./temper-rows";
