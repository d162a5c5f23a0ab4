import type { LevelCounts } from "./level-counts.ts";

/** What {@link selectionOfLevels} writes, in its order. */
export const selectionNames = ["aurc", "augrc", "auroc", "fpr95", "riskAt80Coverage", "coverageAt5Risk"] as const;

const answeredShare = 0.8;
const recall = 0.95;
const risk = 0.05;

/**
 * How well confidence tells right rows from wrong ones, from one pass over the drawn levels.
 *
 * Of a level with `above` rows and `errors` wrong ones over it, and a share s of its own wrong, the mean risk is summed
 * with harmonic numbers H:
 *
 *     Σ (errors + s·i)/(above + i) = (errors − s·above)·(H[above + tied] − H[above]) + s·tied        over i = 1 … tied
 *
 * @param harmonic - H of 0 … rows.
 * @param values - written from `at` on, in the order of {@link selectionNames}.
 */
export function selectionOfLevels(harmonic: Float64Array, drawn: LevelCounts, values: Float64Array, at: number): void {
  const { length, tied, right, rightRows } = drawn;
  const rows = harmonic.length - 1;
  const wrongRows = rows - rightRows;
  const answered = Math.max(1, Math.ceil(answeredShare * rows * (1 - 2 * Number.EPSILON)));
  const recalled = fewestOf(rightRows, recall);
  // From the most confident level down, so that what lies above is what was passed.
  let above = 0;
  let errors = 0;
  let passed = 0;
  let riskSum = 0;
  let errorArea = 0;
  let pairs = 0;
  let passedWrong = Number.NaN;
  let errorsAt80 = 0;
  for (let i = length - 1; i >= 0; i--) {
    const all = tied[i];
    const hits = right[i];
    const wrong = all - hits;
    const share = wrong / all;
    riskSum += (errors - share * above) * (harmonic[above + all] - harmonic[above]) + wrong;
    errorArea += all * (errors + wrong / 2);
    pairs += hits * (wrongRows - errors - wrong / 2);
    if (above < answered && above + all >= answered) errorsAt80 = errors + share * (answered - above);
    if (passed < recalled && passed + hits >= recalled) passedWrong = errors + wrong;
    above += all;
    errors += wrong;
    passed += hits;
  }
  const isOneSided = rightRows === 0 || wrongRows === 0;
  values[at++] = riskSum / rows;
  values[at++] = errorArea / (rows * rows);
  values[at++] = isOneSided ? Number.NaN : pairs / (rightRows * wrongRows);
  values[at++] = isOneSided ? Number.NaN : passedWrong / wrongRows;
  values[at++] = errorsAt80 / answered;
  values[at] = coverageWithin(risk, rows, drawn) / rows;
}

/** The fewest of so many that are such a share of them. */
function fewestOf(many: number, share: number): number {
  let fewest = Math.max(0, Math.ceil(share * many) - 1);
  while (fewest / many < share) fewest++;
  return fewest;
}

/** The most rows, the most confident first, of which no larger share is wrong. */
function coverageWithin(largest: number, rows: number, { length, tied, right, rightRows }: LevelCounts): number {
  let covered = rows;
  let errors = rows - rightRows;
  for (let i = 0; i < length; i++) {
    const wrong = tied[i] - right[i];
    errors -= wrong;
    // The rows above have too many errors already, whatever of the level is added; the margin is for rounding.
    if (errors > (largest + 1e-9) * covered) {
      covered -= tied[i];
      continue;
    }
    const share = wrong / tied[i];
    for (let left = tied[i]; left > 0; left--, covered--)
      if ((errors + share * left) / covered <= largest) return covered;
  }
  return 0;
}
