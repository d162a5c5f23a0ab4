import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Something that some tests need and not every machine has. */
export interface OptionalPart {
  readonly present: () => boolean;
  /** How to get it. */
  readonly remedy: string;
}

/**
 * Every part that a test may need, by the name that its title carries: `… [needs chromium]`.
 *
 * A test is skipped only where a part that its title names is missing; the reporter beside this file holds that.
 */
export const optionalParts: Readonly<Record<string, OptionalPart>> = {
  linux: { present: () => process.platform === "linux", remedy: "run it on Linux" },
  chromium: { present: () => programOnPath("chromium") !== null, remedy: "apt-get install chromium" },
  swiftshader: {
    present: () => existsSync("/usr/lib/chromium/libvk_swiftshader.so"),
    remedy: "install a Chromium with its software renderer: apt-get install chromium",
  },
  torch: { present: () => pythonWith("torch") !== null, remedy: "apt-get install python3-torch" },
  numpy: { present: () => pythonWith("numpy") !== null, remedy: "apt-get install python3-numpy" },
  scipy: { present: () => pythonWith("scipy") !== null, remedy: "apt-get install python3-scipy" },
  sklearn: { present: () => pythonWith("sklearn") !== null, remedy: "apt-get install python3-sklearn" },
  optuna: { present: () => pythonWith("optuna") !== null, remedy: "apt-get install python3-optuna" },
  redis: { present: () => programOnPath("redis-server") !== null, remedy: "apt-get install redis-server" },
  postgresql: { present: () => postgresqlPrograms() !== null, remedy: "apt-get install postgresql" },
  "fashion-mnist": {
    present: () => existsSync("/usr/share/datasets/fashion-mnist"),
    remedy: "apt-get install dataset-fashion-mnist",
  },
  netcal: {
    present: () => existsSync(fileURLToPath(new URL("../../../shared/data/netcal", import.meta.url))),
    remedy: "put netcal's example predictions into ../shared/data/netcal",
  },
};

/** The parts that a title (or a skip's note) names and this machine lacks; `null` when it names none. */
export function missingParts(title: string): string[] | null {
  const names = [...title.matchAll(/\[needs ([^\]]+)\]/g)].flatMap(([, list = ""]) => list.split(", "));
  if (names.length === 0) return null;
  return names.filter((name) => optionalParts[name] === undefined || !isPresent(name));
}

const known = new Map<string, boolean>();

function isPresent(name: string): boolean {
  const present = known.get(name) ?? optionalParts[name]?.present() ?? false;
  known.set(name, present);
  return present;
}

/** The Python that can import `module`: the one on the path, or Debian's; `null` when neither can. */
export function pythonWith(module: string): string | null {
  // Found, not imported: importing torch takes seconds.
  const question = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
  const canImport = (python: string): boolean => spawnSync(python, ["-c", question]).status === 0;
  return ["python3", "/usr/bin/python3"].find(canImport) ?? null;
}

/** The folder of PostgreSQL's own programs, which Debian keeps off the path: initdb, postgres, pg_ctl; `null` without. */
export function postgresqlPrograms(): string | null {
  const home = "/usr/lib/postgresql";
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(home, version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** Where `program` lies on the path; `null` when it does not. */
export function programOnPath(program: string): string | null {
  const found = (process.env.PATH ?? "").split(delimiter).find((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found === undefined ? null : join(found, program);
}
