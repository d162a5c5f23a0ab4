import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../../../../test/house/imports.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let programs = 0;

interface Ended {
  readonly told: unknown;
  readonly status: number | null;
  readonly noise: string;
}

/** Bundles a program and runs it in a process of its own; a process that does not end by itself has no status. */
async function runAlone(program: string, options: object = {}, flags: readonly string[] = []): Promise<Ended> {
  const outfile = join(folder, `program-${programs++}.mjs`);
  await build({
    stdin: { contents: program, resolveDir: root },
    alias: {
      "softlabel/threads": join(root, "packages/softlabel/src/kernels/threads/index.ts"),
      softlabel: join(root, "packages/softlabel/src/index.ts"),
    },
    bundle: true,
    format: "esm",
    target: "es2022",
    outfile,
    logLevel: "error",
    ...options,
  });
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, outfile], {
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env.PATH },
  });
  return { told: stdout === "" ? undefined : JSON.parse(stdout), status, noise: stderr };
}

const calls = `
  import { softmaxCrossEntropy } from "softlabel";
  import { startThreads } from "softlabel/threads";
  const shape = [400, 1003];
  const data = Float32Array.from({ length: 400 * 1003 }, (_, at) => Math.sin(at));
  const labels = Int32Array.from({ length: 400 }, (_, row) => (7 * row) % 1003);
  const options = { labelSmoothing: 0.1, gradient: true };
  const same = (threads) => {
    const [own, other] = [softmaxCrossEntropy, threads.softmaxCrossEntropy].map((f) => f(labels, { data, shape }, options));
    return own.loss === other.loss && own.gradLogits.data.every((g, at) => g === other.gradLogits.data[at]);
  };
  const tell = (threads) => console.log(JSON.stringify({ count: threads.count, same: same(threads) }));
`;

const ended = { told: { count: 2, same: true }, status: 0, noise: "" };

describe("a process with threads", () => {
  it("ends by itself once it has disposed of them, and when it forgets to", async () => {
    const uses = `${calls} const threads = await startThreads({ threads: 2 }); tell(threads);`;
    expect(await runAlone(`${uses} await threads.dispose();`)).toEqual(ended);
    expect(await runAlone(`${uses} threads.dispose();`)).toEqual(ended);
    expect(await runAlone(uses)).toEqual(ended);
    expect(await runAlone(`${calls} await startThreads({ threads: 2 });`)).toEqual({ ...ended, told: undefined });
  });

  it("has no worker left once it has disposed of them", async () => {
    const program = `${calls}
      const workers = process.getBuiltinModule("node:worker_threads");
      let ended = 0;
      workers.Worker = class extends workers.Worker {
        constructor(...words) {
          super(...words);
          this.on("exit", () => ended++);
        }
      };
      const threads = await startThreads({ threads: 3 });
      await threads.dispose();
      console.log(JSON.stringify({ ended }));`;
    expect(await runAlone(program)).toEqual({ ...ended, told: { ended: 2 } });
  });

  it.each([
    ["minified", { minify: true }],
    ["with the names of functions kept", { minify: true, keepNames: true }],
    ["for older engines", { target: "es2017", supported: { "top-level-await": true, "dynamic-import": true } }],
  ])("has them when bundled %s", async (_, options) => {
    expect(await runAlone(`${calls} tell(await startThreads({ threads: 2 }));`, options)).toEqual(ended);
  });

  it("has them whatever this process preloads into its threads", async () => {
    const preloaded = `data:text/javascript,${encodeURIComponent("if (!process.getBuiltinModule('node:worker_threads').isMainThread) throw new Error('preloaded')")}`;
    const program = `${calls} tell(await startThreads({ threads: 2 }));`;
    expect(await runAlone(program, {}, ["--import", preloaded])).toEqual(ended);
  });

  it("has one without SharedArrayBuffer, and where workers may not be started", async () => {
    const alone = { ...ended, told: { count: 1, same: true } };
    const program = `${calls} tell(await startThreads({ threads: 2 }));`;
    expect(await runAlone(`delete globalThis.SharedArrayBuffer; ${program}`)).toEqual(alone);
    const forbidden = `process.getBuiltinModule("node:worker_threads").Worker = class { constructor() { throw new Error("forbidden"); } };`;
    expect(await runAlone(`${forbidden} ${program}`)).toEqual(alone);
    const dies = `const { Worker } = process.getBuiltinModule("node:worker_threads");
      process.getBuiltinModule("node:worker_threads").Worker = class extends Worker {
        constructor(source, options) { super("process.exit(3)", options); }
      };`;
    expect(await runAlone(`${dies} ${program}`)).toEqual(alone);
    const throws = dies.replace("process.exit(3)", "throw new Error()");
    expect(await runAlone(`${throws} ${program}`)).toEqual(alone);
  });
});
