// Compiles assembly/calibration into src/calibration/kernel/generated.ts, the WebAssembly module as text:
//
//     node packages/softlabel/scripts/build-calibration-kernel.js
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** What generated.ts holds when it is up to date. */
export async function generated() {
  const lines = [
    "// Compiled from assembly/calibration by scripts/build-calibration-kernel.js; not to be edited.",
    "",
    "// In hexadecimal, which compresses better than base64, since it keeps the bytes apart.",
    "",
    "/** With the instructions of fixed-width SIMD, and a memory of its own. */",
    `export const simd: string =\n  "${await compile()}";`,
  ];
  return `${lines.join("\n")}\n`;
}

async function compile() {
  const words = [
    path("assembly/calibration/index.ts"),
    ...["--outFile", "module.wasm", "-O3", "--runtime", "stub", "--noAssert", "--enable", "simd"],
    ...["--initialMemory", "1"],
  ];
  let bytes;
  const { error, stderr } = await asc.main(words, {
    writeFile(_name, contents) {
      bytes = contents;
    },
  });
  if (error) throw new Error(`assembly/calibration must compile, got ${error.message}\n${stderr.toString()}`);
  return Buffer.from(bytes).toString("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path("src/calibration/kernel/generated.ts"), await generated());
}
