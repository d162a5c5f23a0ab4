import { fewestSeeds, leastHolmP } from "../verdict-evidence.ts";
import { formatP } from "../verdict-metrics.ts";
import { counted } from "../verdict-wording.ts";
import { conditions } from "./compare-smoothing.ts";
import type { AdversarialEvidence } from "./verdict-words.ts";

/** How many differences Holm's correction is over. */
export function testCount({ comparisons }: AdversarialEvidence): number {
  return comparisons.length * conditions.length;
}

/** Whether any difference at all could be shown by this experiment. */
export function seedsSuffice(evidence: AdversarialEvidence): boolean {
  return leastHolmP(evidence.experiment.seeds.length, testCount(evidence)) < 0.05;
}

/** Too few seeds for any p below 0.05: says so, and how many it takes. */
export function tooFewSeeds(evidence: AdversarialEvidence): string[] {
  const seeds = evidence.experiment.seeds.length;
  const tests = testCount(evidence);
  if (tests === 0 || seedsSuffice(evidence)) return [];
  return [
    `${counted(seeds, "seed")} cannot show any of these differences to be more than chance: the exact sign-flip test, ` +
      `corrected for ${tests} comparisons, can give no p below ${formatP(leastHolmP(seeds, tests))}; to show one takes ` +
      `${fewestSeeds(tests)} seeds at least (--seeds).`,
  ];
}
