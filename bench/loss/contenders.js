// The processes that take part, those that cannot and why, and the versions of what they run.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { contender, threads } from "../measure.js";

const python = "/usr/bin/python3";
// Without this, results of some megabytes go back to the system after each call, and fetching them anew makes PyTorch up
// to four times slower in some processes and not in others.
const keepingMemory = { MALLOC_MMAP_THRESHOLD_: "4000000000", MALLOC_TRIM_THRESHOLD_: "4000000000" };
const kept = ["-kept", keepingMemory];
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = (file, ...words) => contender(process.execPath, [here(file), ...words]);

/** Each process by name, not yet started. */
export function contenders() {
  const versions = { softlabel: versionOf("softlabel"), "tensorflow.js": versionOf("@tensorflow/tfjs-core") };
  const processes = {
    simd: () => node("./softlabel.js", "simd"),
    relaxed: () => node("./softlabel.js", "relaxed"),
    "tfjs-wasm": () => node("./tfjs.js", "wasm"),
    "tfjs-cpu": () => node("./tfjs.js", "cpu"),
  };
  const skipped = {};
  if (isInstalled("@jax-js/jax")) {
    versions["jax-js"] = versionOf("@jax-js/jax");
    processes["jax-js"] = () => node("./jax.js");
  } else {
    skipped["jax-js"] = "@jax-js/jax is not installed";
  }
  for (const [name, library] of [
    ["pytorch", "torch"],
    ["numpy", "numpy"],
  ]) {
    const version = pythonVersion(library);
    if (version === null) {
      skipped[name] = `${python} has no ${library} (Debian: python3-${library})`;
      continue;
    }
    versions[name] = version;
    for (const count of library === "torch" ? [1, 2] : [1]) {
      for (const [suffix, memory] of library === "torch" ? [["", {}], kept] : [kept]) {
        const side = `${name}-${count}${suffix}`;
        processes[side] = () =>
          contender(python, [here("./python.py"), library, `${count}`, side], { ...threads(count), ...memory });
      }
    }
  }
  return { processes, versions, skipped };
}

function isInstalled(name) {
  return existsSync(fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url)));
}

function versionOf(name) {
  return createRequire(import.meta.url)(
    fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url)),
  ).version;
}

function pythonVersion(library) {
  if (!existsSync(python)) return null;
  try {
    const program = `import ${library}; print(${library}.__version__)`;
    return execFileSync(python, ["-c", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
