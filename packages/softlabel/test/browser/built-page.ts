import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { root } from "../../../../test/house/imports.ts";

/** What page/problems.js makes of one call. */
export interface Solved {
  readonly name: string;
  /** Loss, cross-entropy, floor: one each, or one per row each. */
  readonly losses: readonly number[];
  readonly gradient: readonly number[];
}

/**
 * A user's project: the packed library installed in `folder`, and a page bundled by Vite.
 *
 * @param page - The folder beside this file that holds the page.
 */
export async function buildPage(folder: string, page: string): Promise<{ readonly site: string }> {
  run(join(root, "node_modules/.bin/tsc"), ["-b", "packages/softlabel"], root);
  mkdirSync(folder, { recursive: true });
  const [{ filename }] = JSON.parse(
    run("npm", ["pack", "--json", "--pack-destination", folder, "-w", "softlabel"], root),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, filename)], folder);
  cpSync(fileURLToPath(new URL(`./${page}`, import.meta.url)), folder, { recursive: true });

  await build({ root: folder, configFile: false, logLevel: "error", cacheDir: join(folder, "cache") });
  return { site: join(folder, "dist") };
}

/** The same calls in Node, from the same installed package. */
export function solveInNode(folder: string, kind: "simd" | "relaxed" | "none"): readonly Solved[] {
  return JSON.parse(run(process.execPath, ["node.js", kind], folder));
}

/** In an environment of its own: what npm sets for the script that started us would steer the inner npm. */
function run(file: string, words: readonly string[], cwd: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITE|NODE_ENV)/.test(name)));
  return execFileSync(file, words, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
