import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const assembly = new URL("../../assembly/", import.meta.url);

describe("the compiled kernels", () => {
  it("are in the build as they are beside their source", () => {
    const built = readFileSync(new URL("../../dist/training/engine/kernels.wasm", import.meta.url));
    expect(built.equals(readFileSync(new URL("kernels.wasm", assembly)))).toBe(true);
  });

  it("have no data and no globals of their own: their memory is TensorFlow.js'", () => {
    const sections: number[] = [];
    const bytes = readFileSync(new URL("kernels.wasm", assembly));
    for (let at = 8; at < bytes.length; ) {
      sections.push(bytes[at++]);
      let [size, shift] = [0, 0];
      do {
        size |= (bytes[at] & 127) << shift;
        shift += 7;
      } while (bytes[at++] & 128);
      at += size;
    }
    // 5 memory, 6 globals, 8 a start function, 11 data
    for (const forbidden of [5, 6, 8, 11]) expect(sections).not.toContain(forbidden);
    expect(sections).toContain(10);
  });

  it("are what their source compiles to, by the package's own script", () => {
    const folder = fileURLToPath(new URL("../", assembly));
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const path = join(mkdtempSync(join(tmpdir(), "softlabel-kernels-")), "kernels.wasm");
    const [program, ...words] = scripts.kernels.replace("assembly/kernels.wasm", path).split(" ");
    execFileSync(join(folder, "../../node_modules/.bin", program), words, { cwd: folder });
    expect(readFileSync(path).equals(readFileSync(new URL("kernels.wasm", assembly)))).toBe(true);
  });
});
