import { replayOf, shellWord } from "../replay-command.ts";
import { builtInOptions, trainerOptions } from "../require-one-meaning.ts";
import { type ChooseOptions, chooseDefaults } from "./options.ts";

/** The command that chooses again, every option written out that has a say in it. */
export function chooseCommand(options: ChooseOptions): string {
  const words = [
    replayOf("choose", options, namesThatDecide(options)),
    ...(options.refine ? [] : ["--no-refine"]),
    ...options.search.map((parameter) => `--search ${shellWord(parameter)}`),
    ...(options.search.length > 0 && !options.earlyStopping ? ["--no-early-stopping"] : []),
  ];
  return words.join(" ");
}

/** `config.resolved.json` of a choice: every option that has a say in it, as `--config` reads it. */
export function chooseConfigText(options: ChooseOptions): string {
  const { refine, search, earlyStopping } = options;
  const written = { ...options, trainSize: options.trainSize ?? "all" };
  const named = namesThatDecide(options).filter((name) => name !== "jobs" && name !== "out" && written[name] !== null);
  const tuned = search.length === 0 ? {} : { search, earlyStopping };
  const config = Object.fromEntries(named.map((name) => [name, written[name]]));
  return `${JSON.stringify({ command: chooseCommand(options), ...config, refine, ...tuned }, null, 2)}\n`;
}

/** In their order on the command line; switches that can be off and `search`, one flag for each, are written apart. */
function namesThatDecide(options: ChooseOptions): readonly (keyof ChooseOptions)[] {
  const silent: readonly string[] = [
    "refine",
    "search",
    "earlyStopping",
    ...(options.trainer === null ? trainerOptions : builtInOptions),
    ...(options.trainerFiles.length === 0 ? (["trainerFiles"] as const) : []),
    ...(options.search.length === 0 ? (["samples", "sampler"] as const) : []),
  ];
  return (Object.keys(chooseDefaults) as (keyof ChooseOptions)[]).filter((name) => !silent.includes(name));
}
