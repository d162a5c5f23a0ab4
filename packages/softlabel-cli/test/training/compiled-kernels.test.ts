import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const assembly = new URL("../../assembly/", import.meta.url);

/** The compiler's programming interface, or why there is none. */
async function compiler(): Promise<{ main(words: readonly string[]): Promise<{ error: Error | null }> } | string> {
  try {
    // Under a name that the type checker does not follow: the compiler is not needed to build.
    const name = "assemblyscript/asc";
    return await import(name);
  } catch {
    return "assemblyscript is not installed";
  }
}

const asc = await compiler();
if (typeof asc === "string") console.log(`skipped: the compiled kernels are not compiled anew, ${asc}`);

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

  it.skipIf(typeof asc === "string")("are what their source compiles to, by the command that it names", async () => {
    if (typeof asc === "string") return;
    const source = readFileSync(new URL("index.ts", assembly), "utf8");
    const words = /asc index\.ts --outFile kernels\.wasm (.*)$/m.exec(source)?.[1].split(" ") ?? [];
    const path = join(mkdtempSync(join(tmpdir(), "softlabel-kernels-")), "kernels.wasm");
    const { error } = await asc.main([fileURLToPath(new URL("index.ts", assembly)), "--outFile", path, ...words]);
    expect(error).toBeNull();
    expect(readFileSync(path).equals(readFileSync(new URL("kernels.wasm", assembly)))).toBe(true);
  });
});
