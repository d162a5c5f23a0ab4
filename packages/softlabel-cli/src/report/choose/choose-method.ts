import type { ChooseResults } from "../../experiment/choose/results.ts";
import { formatCount } from "../../experiment/verdict-metrics.ts";
import { type Html, html } from "../html.ts";
import { type Reference, referenceList, type Term, termList } from "../method-terms.ts";

/** Every convention that the choice depends on. */
export function chooseMethod({ experiment }: ChooseResults): Html {
  const { objective, search, data } = experiment;
  const weighted = objective.terms.length > 1;
  const items: readonly Term[] = [
    [
      "Design",
      `One seed gives every ε the same initial weights, split and order. ε is chosen on the ${formatCount(data.validationRows)} validation rows of each seed; the ${formatCount(data.testRows)} test rows are read once, for the chosen ε and 0.`,
    ],
    [
      "After temperature",
      "On validation rows, cross-fitted: sorted by label, every other row is in the first half, and each half is scaled by the temperature that gives the other the least NLL, so that no temperature is judged on rows that it was fitted on. On test rows, the temperature of all validation rows.",
    ],
    ...(weighted
      ? [
          [
            "Weighted sum",
            "Σ w · m(ε, s) / mean of m(0, s) over seeds, Σ w = 1, of accuracy the error rate: each metric relative to what it is at ε = 0, where the sum is 1 on average.",
          ] as const,
        ]
      : []),
    [
      "Standard error",
      "Of the mean over seeds of dₛ = loss(ε, s) − loss(best, s): sd(d)/√n. What a seed does to every ε alike leaves the difference.",
    ],
    [
      "Rule",
      "The best ε has the lowest mean loss; chosen is the smallest ε with mean d ≤ one standard error (Breiman et al. 1984, here on pairs).",
    ],
    ["Refinement", "Once: the ε halfway from the best of the grid to each of its neighbours, with the same seeds."],
    ...(search === null
      ? []
      : [
          [
            "Search",
            "Every ε is tried with the same settings of the other parameters, with the first seed, and goes on with its best. Settings of one ε compete with one another alone, by the unsmoothed validation measure (Li et al. 2020).",
          ] as const,
        ]),
    [
      "On the test rows",
      "Difference: the chosen ε less 0, seed by seed, with its 95% t interval and the exact two-sided sign-flip p. “Better” and “worse” are said only when p is below 0.05 and the interval excludes zero.",
    ],
  ];
  return html`${termList(items)}
${referenceList(references)}`;
}

const references: readonly Reference[] = [
  ["Szegedy et al. 2016", "Rethinking the Inception Architecture", "arXiv:1512.00567"],
  ["Guo et al. 2017", "On Calibration of Modern Neural Networks", "arXiv:1706.04599"],
  ["Breiman et al. 1984", "Classification and Regression Trees", "§3.4.3"],
  ["Li et al. 2020", "A System for Massively Parallel Hyperparameter Tuning", "arXiv:1810.05934"],
];
