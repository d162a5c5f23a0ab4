/*
 * Runs the built command line (`npm test` builds it first) as its users do: a command in one terminal, workers in others,
 * a server that asks for a password.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { missingParts } from "../../../../../test/optional-parts/optional-parts.ts";
import { loadDataset } from "../../../src/data/dataset.ts";
import { type CliOutcome, type CliProcess, startCli } from "../support/cli.ts";
import { writeMnistRows } from "../support/mnist-rows.ts";
import { processesWith } from "../support/processes.ts";
import { temporaryFolder } from "../support/worker.ts";
import { withoutRun } from "./support/chaos-witness.ts";
import { descendantsOf, signalProcess } from "./support/process-table.ts";
import { secretsOf, startServer, type TestServer } from "./support/start-server.ts";

const mark = ["SOFTLABEL_MACHINES_TEST", randomUUID()] as const;
const trials = 4;

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), "softlabel-digits-"));
  writeMnistRows(data, { train: 300, test: 200 });
  return () => {
    for (const pid of processesWith(...mark)) signalProcess(pid, "SIGKILL");
    rmSync(data, { recursive: true });
  };
});

const servers = [
  ["redis", "[needs linux, redis]"],
  ["postgresql", "[needs linux, postgresql]"],
] as const;

describe.each(servers)("two workers and a command on %s %s", (kind, needed) => {
  const isMissing = missingParts(needed)?.length;

  test.skipIf(isMissing)("give the results of one machine, though each was ended and started again", async () => {
    const [alone, out] = [temporaryFolder(), temporaryFolder()];
    const undisturbed = start(compareWords(alone));
    const server = await ownServer(kind);
    const begun: CliProcess[] = [];
    const begin = (words: readonly string[]): CliProcess => {
      const process = start(words, { SOFTLABEL_QUEUE: server.url });
      begun.push(process);
      return process;
    };
    const command = begin([...compareWords(out), "--queue"]);
    const first = begin(workerWords(out));
    const second = begin(workerWords(out));
    await Promise.all([says(first, '"type":"started"'), says(second, '"type":"started"')]);
    const told = environmentOf(await firstChildOf(first));
    expect(secretsOf(server).filter((secret) => told.includes(secret))).toEqual([]);

    // Ctrl-C: what it has begun is another's at once.
    signalProcess(pidOf(first), "SIGINT");
    expect(await first.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"type":"returned"') });
    signalProcess(pidOf(command), "SIGKILL");
    await command.ended;

    const asked = begin(["status", "--out", out, "--queue", "--json"]);
    const { stdout } = await asked.ended;
    const { counts } = JSON.parse(stdout);
    expect(counts.done + counts.running + counts.waiting).toBe(trials);

    const third = begin(workerWords(out));
    const again = begin([...compareWords(out), "--queue", "--json"]);
    await endsWell(again);
    for (const worker of [second, third]) await endsWell(worker);
    expect(JSON.parse((await start(["status", "--out", out, "--json"]).ended).stdout)).toMatchObject({
      state: "ended",
      counts: { done: trials, running: 0, waiting: 0, failed: 0 },
    });

    await endsWell(undisturbed);
    expect(withoutRun(out)).toBe(withoutRun(alone));
    expect(JSON.parse(readFileSync(join(out, "results.json"), "utf8")).run.queue).toBe(kind);
    const outcomes = await Promise.all(begun.map(({ ended }) => ended));
    const written = [...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...textsIn(out)].join("\n");
    expect(secretsOf(server).filter((secret) => written.includes(secret))).toEqual([]);
    expect(processesWith(...mark)).toEqual([]);
  });

  test.skipIf(isMissing)("are refused by a server that knows another password, which none of them tells", async () => {
    const server = await ownServer(kind);
    const wrong = { ...server, password: `wrong/${server.password}` };
    const url = server.url.replace(encodeURIComponent(server.password), encodeURIComponent(wrong.password));
    const out = temporaryFolder();
    // On the command line here, where it is allowed and not advised.
    const command = start([...compareWords(out), "--queue", url]);
    expectRefusal(await command.ended, wrong);
    expectRefusal(await start([...workerWords(out), "--queue", url, "--wait", "5"]).ended, wrong);
  });
});

const every = "[needs linux, redis, postgresql]";

test.skipIf(missingParts(every)?.length)(
  `results are the same alone, in two shards, and on either server with one worker and with eight ${every}`,
  async () => {
    const alone = temporaryFolder();
    await endsWell(start(compareWords(alone)));
    const shared = temporaryFolder();
    for (const share of ["1/2", "2/2"]) await endsWell(start([...compareWords(shared), "--shard", share]));
    expect(withoutRun(shared)).toBe(withoutRun(alone));
    for (const [kind] of servers) {
      const server = await ownServer(kind);
      for (const workers of [1, 8]) {
        const out = temporaryFolder();
        const own = { SOFTLABEL_QUEUE: server.url };
        const command = start([...compareWords(out), "--queue"], own);
        const others = Array.from({ length: workers }, () => start(workerWords(out), own));
        for (const process of [command, ...others]) await endsWell(process);
        expect(withoutRun(out)).toBe(withoutRun(alone));
      }
    }
  },
  180_000,
);

describe.skipIf(process.platform !== "linux")("a worker [needs linux]", () => {
  /** Nobody listens there: it is not asked before all else is well. */
  const url = "redis://127.0.0.1:1";

  test("that does not see the folder says so", async () => {
    const out = join(temporaryFolder(), "not-mounted");
    const { code, stderr } = await start(["worker", "--out", out, "--queue", url, "--wait", "0"]).ended;
    const sentence = `${out} does not exist here: is the folder that compare was given mounted on this machine?`;
    expect(code).toBe(1);
    expect(stderr).toContain(`softlabel: ${sentence}\n`);
  });

  test("whose data or code is not the experiment's takes nothing, and names both", async () => {
    const { hash } = loadDataset(data);
    const [otherData, otherCode] = ["d".repeat(64), "c".repeat(64)];
    const refusal = async (dataHash: string): Promise<CliOutcome> => {
      const out = temporaryFolder();
      const ingredients = { train: { dataHash, codeVersion: otherCode } };
      const file = { schema: "softlabel.queue/1", token: "0".repeat(32), data, ingredients };
      writeFileSync(join(out, "queue.json"), JSON.stringify(file));
      return start(["worker", "--out", out, "--queue", url]).ended;
    };
    const [byData, byCode] = await Promise.all([refusal(otherData), refusal(hash)]);
    expect(byData).toMatchObject({ code: 1, stderr: expect.stringContaining(`hash is ${otherData}, got ${hash}`) });
    expect(byCode).toMatchObject({ code: 1, stderr: expect.stringContaining(`version is ${otherCode}, got `) });
  });
});

test.skipIf(process.platform !== "linux")(
  "a trial of this machine alone does not get the queue's variable either [needs linux]",
  async () => {
    const secret = { password: "for/no:trial" };
    const url = `redis://default:${encodeURIComponent(secret.password)}@127.0.0.1:1`;
    const command = start(compareWords(temporaryFolder()), { SOFTLABEL_QUEUE: url });
    const child = await firstChildOf(command);
    expect(secretsOf(secret).filter((text) => environmentOf(child).includes(text))).toEqual([]);
    signalProcess(pidOf(command), "SIGTERM");
    await command.ended;
  },
);

function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): CliProcess {
  return startCli(words, { [mark[0]]: mark[1], ...environment });
}

function compareWords(out: string): readonly string[] {
  const words =
    "compare --model mlp --seeds 2 --train-size 200 --validation-size 100 --epochs 2 --batch-size 32 --jobs 2";
  return [...words.split(" "), "--data", data, "--out", out];
}

function workerWords(out: string): readonly string[] {
  return ["worker", "--out", out, "--jobs", "1", "--until-idle", "--json"];
}

async function ownServer(kind: TestServer["kind"]): Promise<TestServer> {
  const server = await startServer(kind);
  onTestFinished(() => server.stop());
  return server;
}

function pidOf({ process }: CliProcess): number {
  return process.pid as number;
}

/** Fails with what it said when it does not. */
async function endsWell({ ended }: CliProcess): Promise<void> {
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
}

/** Ends when the command has written the text on stdout. */
function says({ process, ended }: CliProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    process.stdout?.on("data", (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve();
    });
    void ended.then(({ stderr }) => reject(new Error(`ended without "${text}": ${stderr}`)));
  });
}

/** The first process that a command starts, which carries a trial out. */
async function firstChildOf(command: CliProcess): Promise<number> {
  for (;;) {
    const [child] = descendantsOf(pidOf(command));
    if (child !== undefined) return child;
    if (command.process.exitCode !== null) throw new Error((await command.ended).stderr);
    await setImmediate();
  }
}

/** What a process was told at its start, by its environment and its words. */
function environmentOf(pid: number): string {
  return ["environ", "cmdline"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")).join("\0");
}

/** Every file of an experiment as text. */
function textsIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
}

function expectRefusal({ code, stdout, stderr }: CliOutcome, server: Pick<TestServer, "password">): void {
  expect(code).toBe(1);
  expect(stderr).toMatch(/^softlabel: the queue's server at \S+ must answer, got ".*(password|WRONGPASS).*"/m);
  expect(secretsOf(server).filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([]);
}
