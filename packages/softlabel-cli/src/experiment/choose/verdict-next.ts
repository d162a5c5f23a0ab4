import { mostSeeds } from "../options.ts";
import { formatEpsilon } from "../verdict-metrics.ts";
import { counted } from "../verdict-wording.ts";
import { type ChooseEvidence, namedEpsilons, seedCount } from "./verdict-evidence.ts";

/** How many times longer the proposed run trains, and with how many more seeds. */
const [longer, more] = [4, 2];

/** The best ε is the largest one: the grid ended too early. */
export function largerEpsilon({ chosen, experiment }: ChooseEvidence): string[] {
  if (!chosen.atBorder) return [];
  const further = [1.5, 2, 3]
    .map((factor) => Number((factor * chosen.best).toPrecision(2)))
    .filter((epsilon) => epsilon <= 1);
  const grid = [...experiment.grid, ...(further.length === 0 ? [1] : further)].join(",");
  return [
    `The best ε, ${formatEpsilon(chosen.best)}, is the largest that was tried: a larger one may be better still. To see: ` +
      experiment.command.replace(/--epsilon \S+/, `--epsilon ${grid}`),
  ];
}

/** The training budget ended while validation loss still fell: another budget may want another ε. */
export function longerTraining({ arms, chosen, experiment }: ChooseEvidence): string[] {
  const { trainer, command } = experiment;
  const falling = arms.filter(
    ({ epsilon, stillImproving }) => stillImproving && (epsilon === 0 || epsilon === chosen.epsilon),
  );
  if (falling.length === 0 || trainer.kind !== "built-in") return [];
  return [
    `The validation loss at ${namedEpsilons(falling.map(({ epsilon }) => epsilon))} was still falling when the ` +
      `${counted(trainer.epochs, "epoch")} ran out: longer training may want another ε. To see: ` +
      command.replace(/--epochs \d+/, `--epochs ${longer * trainer.epochs}`),
  ];
}

/** More seeds where they would tell more apart, the comparison in full where one ε stands out. */
export function nextCommand(evidence: ChooseEvidence): string[] {
  const { chosen, arms, experiment } = evidence;
  if (arms.length === 1) return [];
  const seeds = seedCount(evidence);
  if ((seeds === 1 || chosen.within.length > 1) && seeds < mostSeeds) {
    const wanted = seeds === 1 ? 6 : Math.min(more * seeds, mostSeeds);
    return [
      `More seeds tell more ε apart, and the trials that there are need not run again. To see: ` +
        experiment.command.replace(/--seeds \d+/, `--seeds ${wanted}`),
    ];
  }
  if (chosen.epsilon === 0 || experiment.search !== null) return [];
  return [
    `What ε = ${formatEpsilon(chosen.epsilon)} changes beside this, metric by metric, costs no more training under the same ` +
      `--out. To see: ${compareCommand(experiment.command, chosen.epsilon)}`,
  ];
}

/** The command that compares the chosen ε with 0. */
function compareCommand(command: string, epsilon: number): string {
  return command
    .replace("softlabel choose", "softlabel compare")
    .replace(/--epsilon \S+/, `--epsilon 0,${epsilon}`)
    .replace(/ --(objective \S+|no-refine)/g, "");
}
