import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { missingParts } from "../../../../../test/optional-parts/optional-parts.ts";
import { type BullQueueOptions, bullQueue } from "../../../src/experiment/queue/bull-queue.ts";
import { type WorkOptions, workOn } from "../../../src/experiment/queue/bull-worker.ts";
import { type BullQueue, openQueue, openWorker } from "../../../src/experiment/queue/connect.ts";
import { localQueue } from "../../../src/experiment/queue/local-queue.ts";
import {
  type QueueFile,
  queueNameOf,
  readQueueFile,
  writeQueueFile,
} from "../../../src/experiment/queue/queue-file.ts";
import { requireClock } from "../../../src/experiment/queue/require-clock.ts";
import { parseServerUrl } from "../../../src/experiment/queue/server-url.ts";
import type { TrialQueue } from "../../../src/experiment/queue/trial-queue.ts";
import type { WorkerNews } from "../../../src/experiment/queue/worker-news.ts";
import { type ExperimentPlan, runExperiment } from "../../../src/experiment/run-experiment.ts";
import { buildModule, temporaryFolder } from "../support/worker.ts";
import { type FakeResults, fakePlan, fakeTrials, ingredients } from "./support/fake-experiment.ts";
import { startServer, type TestServer } from "./support/start-server.ts";

const worker = buildModule("fake-worker");
const waitingChild = buildModule("fake-waiting-worker");
const soon = { pollMs: 20, leastMs: 60_000 };
const times = { pollMs: { least: 20, most: 100 }, backoffMs: 50, retryMs: 50, patienceMs: 5_000 };
const quick = { lockMs: 2_000, stalledCheckMs: 500, progressMs: 20, retryMs: 50, patienceMs: 5_000 };

const writeReport = async (): Promise<void> => {};

function run(plan: ExperimentPlan<FakeResults>, queue: TrialQueue, signal?: AbortSignal): Promise<FakeResults> {
  return runExperiment(() => plan, { queue, writeReport, signal });
}

function queueOn(server: TestServer, more: Partial<BullQueueOptions> = {}): TrialQueue {
  return bullQueue({ server: parseServerUrl(server.url), times, ...more });
}

interface StartedWorker {
  readonly news: WorkerNews[];
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

/** A worker of this process on a folder that holds an experiment. */
function startWorker(
  server: TestServer,
  experiment: string,
  { beforehand, ...more }: Partial<WorkOptions> & { readonly beforehand?: ExperimentPlan<FakeResults> } = {},
): StartedWorker {
  if (beforehand !== undefined) writeQueueFile(experiment, beforehand);
  const stop = new AbortController();
  const news: WorkerNews[] = [];
  const ended = workOn({
    server: parseServerUrl(server.url),
    experiment,
    jobs: 2,
    child: worker,
    trainer: null,
    own: { train: ingredients },
    untilIdle: false,
    signal: stop.signal,
    onNews: (one) => news.push(one),
    times: { ...quick, ...more.times },
    ...more,
  });
  return { news, stop: () => stop.abort(), ended };
}

/** Does something in the queue of an experiment, as anybody can who reaches the server. */
async function inQueueOf(
  server: TestServer,
  experiment: string,
  work: (queue: BullQueue) => Promise<unknown>,
): Promise<void> {
  const file = readQueueFile(experiment);
  if (file === null) throw new Error("no experiment has begun");
  const queue = openQueue(parseServerUrl(server.url), queueNameOf(file), () => {});
  await queue.waitUntilReady();
  await work(queue);
  await queue.close();
}

/** What every run of an experiment must leave but for `run`. */
function resultsBut(folder: string): string {
  const { run: _, ...rest } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
  return JSON.stringify(rest);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each(["redis", "postgresql"] as const)("an experiment on %s", (kind) => {
  let shared: Promise<TestServer> | undefined;
  afterAll(async () => (await shared)?.stop());
  const inTest = (
    title: string,
    start: () => Promise<TestServer>,
    body: (server: TestServer) => Promise<void>,
  ): void => {
    const full = `${title} [needs linux, ${kind}]`;
    test.skipIf(missingParts(full)?.length)(full, async () => body(await start()), 30_000);
  };
  /** On the server of all these tests: each experiment has a queue of its own. */
  const onServer = (title: string, body: (server: TestServer) => Promise<void>): void => {
    inTest(title, () => (shared ??= startServer(kind)), body);
  };
  /** On a server that it may kill. */
  const onOwnServer = (title: string, body: (server: TestServer) => Promise<void>): void => {
    const start = async (): Promise<TestServer> => {
      const server = await startServer(kind, { appendfsync: "always" });
      onTestFinished(() => server.stop());
      return server;
    };
    inTest(title, start, body);
  };

  onServer("has the results of one on this machine, with one worker and with two", async (server) => {
    const alone = temporaryFolder();
    await run(fakePlan(alone, fakeTrials(2)), localQueue({ worker, jobs: 2 }));
    for (const workers of [1, 2]) {
      const shared = temporaryFolder();
      const done = run(fakePlan(shared, fakeTrials(2)), queueOn(server));
      await until(() => readQueueFile(shared) !== null);
      const started = Array.from({ length: workers }, () => startWorker(server, shared));
      const results = await done;
      for (const one of started) one.stop();
      await Promise.all(started.map(({ ended }) => ended));
      expect(results.run.queue).toBe(kind);
      expect(resultsBut(shared)).toBe(resultsBut(alone));
      const taken = started.flatMap(({ news }) => news.filter(({ type }) => type === "taken"));
      expect(taken).toHaveLength(4);
    }
  });

  onServer("has them too when two wait for it at once", async (server) => {
    const shared = temporaryFolder();
    const both = [1, 2].map(() => run(fakePlan(shared, fakeTrials(2)), queueOn(server)));
    await until(() => readQueueFile(shared) !== null);
    const one = startWorker(server, shared);
    const [first, second] = await Promise.all(both);
    one.stop();
    await one.ended;
    expect(first.texts).toEqual(second.texts);
    expect(first.texts).toHaveLength(4);
    expect(one.news.filter(({ type }) => type === "finished")).toHaveLength(4);
  });

  onServer("goes on where who waited for it was stopped", async (server) => {
    const shared = temporaryFolder();
    const stop = new AbortController();
    const stopped = run(fakePlan(shared, fakeTrials(3)), queueOn(server), stop.signal);
    await until(() => readQueueFile(shared) !== null);
    const one = startWorker(server, shared, { jobs: 1 });
    await until(() => one.news.some(({ type }) => type === "acknowledged"));
    stop.abort();
    await expect(stopped).rejects.toThrow(/^stopped: \d of 6 trials are finished and kept; the same command goes on/);
    const results = await run(fakePlan(shared, fakeTrials(3)), queueOn(server));
    one.stop();
    await one.ended;
    expect(results.texts).toHaveLength(6);
    expect(one.news.filter(({ type }) => type === "finished")).toHaveLength(6);
  });

  onServer("tries a trial that fails three times, and again when it is asked for again", async (server) => {
    const shared = temporaryFolder();
    const plan = fakePlan(shared, fakeTrials(2, { model: "throws" }).slice(1, 3));
    const done = run(plan, queueOn(server));
    await until(() => readQueueFile(shared) !== null);
    const one = startWorker(server, shared);
    const reason = "the loss is NaN at step 5";
    expect((await done).missing).toEqual([reason]);
    expect((await run(plan, queueOn(server))).missing).toEqual([reason]);
    one.stop();
    await one.ended;
    const failures = one.news.flatMap((news) => (news.type === "failed" ? [news.attempt] : []));
    expect(failures.sort()).toEqual([1, 1, 2, 2, 3, 3]);
  });

  onServer("has the trial of a worker that ends done by another, which begins at once", async (server) => {
    const shared = temporaryFolder();
    const done = run(fakePlan(shared, fakeTrials(1, { model: "quick" })), queueOn(server));
    await until(() => readQueueFile(shared) !== null);
    // Its own child is one that never ends.
    const first = startWorker(server, shared, { child: waitingChild, times: { ...quick, lockMs: 60_000 } });
    await until(() => first.news.filter(({ type }) => type === "started").length === 2);
    first.stop();
    await first.ended;
    expect(first.news.filter(({ type }) => type === "returned")).toHaveLength(2);
    const second = startWorker(server, shared, { untilIdle: true, times: { ...quick, idle: soon } });
    expect((await done).texts).toHaveLength(2);
    await second.ended;
  });

  onServer("has a trial stopped where it runs, after the epoch that decides", async (server) => {
    const shared = temporaryFolder();
    const trials = fakeTrials(1);
    writeQueueFile(shared, fakePlan(shared, trials));
    const one = startWorker(server, shared, { child: waitingChild });
    const asked: number[] = [];
    const outcome = await queueOn(server).run({
      experiment: shared,
      trials,
      trainer: null,
      shouldStop: (trial, { epoch }) => {
        if (trial === trials[0]) asked.push(epoch);
        return epoch === 3;
      },
    });
    await until(() => one.news.filter(({ type }) => type === "acknowledged").length === 2);
    one.stop();
    await one.ended;
    expect(outcome).toEqual({ reused: [], finished: [], failed: [], stopped: trials, elsewhere: [] });
    expect(asked).toEqual([1, 2, 3]);
    expect(one.news.filter(({ type }) => type === "stopped")).toHaveLength(2);
  });

  onOwnServer("outlives its server", async (server) => {
    const shared = temporaryFolder();
    const troubles: (string | null)[] = [];
    const options = { onTrouble: (what: string | null) => troubles.push(what), times: { ...times, answerMs: 200 } };
    const done = run(fakePlan(shared, fakeTrials(6)), queueOn(server, options));
    await until(() => readQueueFile(shared) !== null);
    const one = startWorker(server, shared, { jobs: 1 });
    await until(() => one.news.some(({ type }) => type === "acknowledged"));
    await server.kill();
    await until(() => troubles.length > 0);
    await server.start();
    expect((await done).texts).toHaveLength(12);
    one.stop();
    await one.ended;
    expect(troubles.at(0)).not.toBeNull();
    expect(JSON.stringify([troubles, one.news])).not.toContain(server.password);
  });

  onServer("gives up a trial whose workers die of it, and says so", async (server) => {
    const shared = temporaryFolder();
    const done = run(fakePlan(shared, fakeTrials(1).slice(0, 1)), queueOn(server));
    await until(() => readQueueFile(shared) !== null);
    const file = readQueueFile(shared) as QueueFile;
    for (let deaths = 0; deaths < 4; deaths++) {
      let hasTaken = false;
      const dying = openWorker(parseServerUrl(server.url), queueNameOf(file), {
        process: () => {
          hasTaken = true;
          return new Promise(() => {});
        },
        times: { concurrency: 1, lockMs: 200, stalledCheckMs: 50, mostLosses: 3, retryMs: 50 },
        host: "dying:1",
        onTrouble: () => {},
      });
      void dying.run();
      await until(() => hasTaken);
      await dying.close(true);
    }
    const one = startWorker(server, shared);
    expect((await done).missing).toEqual([expect.stringMatching(/^its workers were lost again and again/)]);
    one.stop();
    await one.ended;
    expect(one.news.filter(({ type }) => type === "taken")).toEqual([]);
  });

  onServer("offers its trials again when the queue has lost them", async (server) => {
    const shared = temporaryFolder();
    const done = run(fakePlan(shared, fakeTrials(2)), queueOn(server));
    await until(() => readQueueFile(shared) !== null);
    await inQueueOf(server, shared, async (queue) => {
      while ((await queue.getJobCountByTypes("waiting")) < 4) await new Promise((resolve) => setTimeout(resolve, 10));
      await queue.obliterate({ force: true });
    });
    const one = startWorker(server, shared);
    expect((await done).texts).toHaveLength(4);
    one.stop();
    await one.ended;
  });

  onServer("carries out nothing that is no trial of it, and goes on", async (server) => {
    const shared = temporaryFolder();
    const trials = fakeTrials(2);
    const plan = fakePlan(shared, trials);
    const { token } = writeQueueFile(shared, plan);
    const [trial] = trials;
    const elsewhere = { ...trial, config: { ...trial.config, data: "/etc" } };
    const hostile = {
      tother: { token: "0".repeat(32), trial },
      tpath: { token, trial: elsewhere },
      tkind: { token, trial: { ...trial, kind: "shell" } },
      ttrainer: { token, trial, trainer: { kind: "command", words: ["rm"] } },
      tproto: JSON.parse(`{"token":"${token}","trial":${JSON.stringify(trial)},"__proto__":{"x":1}}`),
      tid: { token, trial: { ...trial, id: "0123456789abcdef" } },
      tlarge: { token, trial: { ...trial, config: { ...trial.config, model: "m".repeat(10_000_000) } } },
      // Under the id of a trial that is to come.
      [`t${trials[1].id}`]: { token, trial },
    };
    await inQueueOf(server, shared, async (queue) => {
      for (const [jobId, data] of Object.entries(hostile)) {
        await queue.add("trial", data, { jobId, attempts: 3, removeOnComplete: true });
      }
    });
    const one = startWorker(server, shared);
    await until(() => one.news.filter(({ type }) => type === "refused").length === Object.keys(hostile).length);
    expect((await run(plan, queueOn(server))).texts).toHaveLength(4);
    one.stop();
    await one.ended;
    const refused = one.news.flatMap((news) => (news.type === "refused" ? [[news.job, news.reason]] : []));
    const reasons: Readonly<Record<string, string>> = Object.fromEntries(refused);
    const why = "the job is no trial of this experiment: ";
    expect(reasons.tother).toBe(`${why}token must be this folder's ${token}, got ${"0".repeat(32)}`);
    expect(reasons.tpath).toBe(`${why}trial.config.data must be the experiment's MNIST, got /etc`);
    expect(reasons.tkind).toMatch(/trial\.kind must be as its schema says .*, got "shell"$/);
    expect(reasons.ttrainer).toBe(`${why}it must have no trainer`);
    expect(reasons.tproto).toMatch(/it must have no __proto__$/);
    expect(reasons.tid).toMatch(/trial\.id must be [0-9a-f]{16}, which follows from .*, got 0123456789abcdef$/);
    expect(reasons.tlarge).toMatch(/it must be at most 1000000 characters long, got 10000/);
    expect(reasons[`t${trials[1].id}`]).toBe(`the job's id must be t${trial.id}, got t${trials[1].id}`);
    expect(one.news.filter(({ type }) => type === "taken")).toHaveLength(4);
  });

  onServer("is refused by a worker of other code, which takes nothing", async (server) => {
    const shared = temporaryFolder();
    writeQueueFile(shared, fakePlan(shared, fakeTrials(1)));
    const own = { train: { ...ingredients, codeVersion: "e".repeat(64) } };
    const one = startWorker(server, shared, { own });
    await expect(one.ended).rejects.toThrow(
      `the code must be the experiment's, whose version is ${"c".repeat(64)}, got ${"e".repeat(64)}; install the same softlabel`,
    );
    expect(one.news).toEqual([]);
  });

  onServer("is left by a worker when it is begun again with other code, and its trial goes back", async (server) => {
    const shared = temporaryFolder();
    const one = startWorker(server, shared, { beforehand: fakePlan(shared, fakeTrials(1)) });
    const other = { ...ingredients, codeVersion: "e".repeat(64) };
    const stop = new AbortController();
    const done = run(
      { ...fakePlan(shared, fakeTrials(1)), ingredients: { train: other } },
      queueOn(server),
      stop.signal,
    );
    await expect(one.ended).rejects.toThrow(/^the code must be the experiment's, whose version is e{64}, got c{64}/);
    await inQueueOf(server, shared, async (queue) => {
      expect(await queue.getJobCountByTypes("waiting", "active")).toBe(2);
    });
    stop.abort();
    await expect(done).rejects.toThrow(/^stopped: 0 of 2/);
    expect(one.news.filter(({ type }) => type === "taken")).toEqual([]);
  });

  onServer("says at once that a password is wrong, without it", async (server) => {
    const shared = temporaryFolder();
    const wrong = server.url.replace(/:[^:@]*@/, ":wr0ng@");
    const queue = bullQueue({ server: parseServerUrl(wrong), times: { ...times, patienceMs: 60_000 } });
    const error: Error = await run(fakePlan(shared, fakeTrials(1)), queue).then(
      () => new Error("it was let in"),
      (reason) => reason,
    );
    expect(error.name).toBe("QueueUnreachableError");
    expect(error.message).toMatch(/^the queue's server at (redis|postgres):\/\/127\.0\.0\.1:\d+\S* must answer, got "/);
    expect(error.message).not.toContain("wr0ng");
  });

  onServer("is refused to a machine whose clock PostgreSQL's is not", async (server) => {
    const at = parseServerUrl(server.url);
    const fast = (): number => Date.now() + 60_000;
    const slow = (): number => Date.now() - 9_000;
    await expect(requireClock(at, times, slow)).resolves.toBeUndefined();
    const asked = requireClock(at, times, fast);
    if (kind === "redis") return expect(asked).resolves.toBeUndefined();
    return expect(asked).rejects.toThrow(
      "this machine's clock must be the server's to 10 s, got 60 s ahead of it; have both synchronised (NTP)",
    );
  });

  onOwnServer("says that its server does not answer", async (server) => {
    const shared = temporaryFolder();
    await server.kill();
    const queue = queueOn(server, { times: { ...times, patienceMs: 300 } });
    await expect(run(fakePlan(shared, fakeTrials(1)), queue)).rejects.toThrow(/must answer, got ".*ECONNREFUSED/);
    expect(existsSync(join(shared, "results.json"))).toBe(false);
  });
});
