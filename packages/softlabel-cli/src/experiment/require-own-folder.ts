import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "softlabel";

/** What every experiment leaves in its folder at its beginning: its options, and the command that says the same. */
export const resolvedConfigFile = "config.resolved.json";

/**
 * Refuses a folder that holds an experiment of another command: its report and results would be written over.
 *
 * @param resolvedConfig - the text of this experiment's `config.resolved.json`.
 * @throws {@link ArgumentError} naming the folder and the other command.
 */
export function requireOwnFolder(folder: string, resolvedConfig: string): void {
  const [own, other] = [commandOf(resolvedConfig), commandOf(textOf(join(folder, resolvedConfigFile)))];
  if (other === null || other === own || (share.includes(other) && own !== null && share.includes(own))) return;
  throw new ArgumentError(
    `out must not hold the experiment of another command, got ${folder} with one of ${other}; choose another --out`,
  );
}

/** Commands with the same trials, which may take turns in one folder; the report is that of the last. */
const share: readonly string[] = ["softlabel compare", "softlabel choose"];

/** `softlabel compare`; `null` where the text does not say. */
function commandOf(resolvedConfig: string): string | null {
  return /"command": "npx (softlabel [a-z]+)/.exec(resolvedConfig)?.[1] ?? null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
