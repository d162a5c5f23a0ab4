// Compiles assembly/linear into src/kernels/linear/generated.ts, the WebAssembly modules as text:
//
//     node packages/softlabel/scripts/build-linear-kernels.js
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** What generated.ts holds when it is up to date. */
export async function generated() {
  const lines = [
    "// Compiled from assembly/linear by scripts/build-linear-kernels.js; not to be edited.",
    "",
    "// In hexadecimal, which compresses better than base64, since it keeps the bytes apart.",
    "",
    "/** With the instructions of fixed-width SIMD. */",
    `export const simd: string =\n  "${await compile("simd")}";`,
    "",
    "/** With fused multiply-add, where the engine has relaxed SIMD. */",
    `export const relaxedSimd: string =\n  "${await compile("simd", "relaxed-simd")}";`,
  ];
  return `${lines.join("\n")}\n`;
}

async function compile(...features) {
  const words = [
    path("assembly/linear/index.ts"),
    ...["--outFile", "module.wasm", "-O3", "--runtime", "stub", "--importMemory", "--noAssert"],
    ...features.flatMap((feature) => ["--enable", feature]),
  ];
  let bytes;
  const { error, stderr } = await asc.main(words, {
    writeFile(_name, contents) {
      bytes = contents;
    },
  });
  if (error) throw new Error(`assembly/linear must compile, got ${error.message}\n${stderr.toString()}`);
  return Buffer.from(bytes).toString("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path("src/kernels/linear/generated.ts"), await generated());
}
