import { tidied } from "../experiment/arm-naming.ts";
import type { ArmSettings, Results } from "../experiment/results.ts";
import { counted } from "../experiment/verdict-wording.ts";
import type { Page } from "./page.ts";

/** What a report asks, of what, and on how much. */
export function reportTitle({
  experiment,
  arms,
}: Pick<Results, "experiment"> & { readonly arms: readonly ArmSettings[] }): Pick<
  Page,
  "question" | "subject" | "extent"
> {
  const { data, trainer, seeds } = experiment;
  const told = counted(seeds.length, "seed");
  const question = questionOf(arms);
  if (trainer.kind === "built-in") {
    const rows = counted(data.trainRows ?? 0, "training row");
    return {
      question,
      subject: `${trainer.model} on ${data.name}`,
      extent: `${rows}, ${counted(trainer.epochs, "epoch")}, ${told}`,
    };
  }
  const judged = `${counted(data.testRows, "test row")} of ${counted(data.classes, "class", "classes")}`;
  return {
    question,
    subject: trainer.kind === "given" ? "predictions that were there" : shortened(tidied(trainer.typed)),
    extent: `${judged}, ${told}`,
  };
}

/** Asked as the arms allow: smoothing against none, one smoothing against another, or something else altogether. */
function questionOf(arms: readonly ArmSettings[]): string {
  const [base, ...others] = arms;
  const smoothing = ({ epsilon, prior, convention }: ArmSettings): string =>
    JSON.stringify(epsilon === 0 ? 0 : [epsilon, prior, convention]);
  const same = others.every((arm) => base !== undefined && smoothing(arm) === smoothing(base));
  if (others.length > 0 && same) return "Which arm is better?";
  return base?.epsilon === 0 ? "Does label smoothing help?" : "Which label smoothing is better?";
}

/** Room for a command in a title; the whole stands under “What was run”. */
const longestCommand = 60;

function shortened(command: string): string {
  const letters = [...command];
  if (letters.length <= longestCommand) return command;
  const start = letters.slice(0, longestCommand - 1).join("");
  return `${start.replace(/ [^ ]*$/, "")} …`;
}
