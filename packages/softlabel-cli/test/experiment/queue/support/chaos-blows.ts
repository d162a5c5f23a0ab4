import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parentOf } from "../../support/processes.ts";
import { type Player, startSubmitter } from "./chaos-cast.ts";
import type { Blow } from "./chaos-deck.ts";
import { living, type Scene } from "./chaos-scene.ts";
import { signalProcess } from "./process-table.ts";
import { secretsOf } from "./start-server.ts";

/** How long a server stays away at most. */
const longestOutageMs = 1_500;
const lookMs = 5;

/**
 * Lets a blow fall on whoever the random numbers choose among those that it can hit.
 *
 * @returns what is still to come of it: a stopped worker goes on later, while other blows fall.
 */
export async function strike(blow: Blow, scene: Scene): Promise<{ readonly later: Promise<void> }> {
  const { server, random } = scene;
  const over = { later: Promise.resolve() };
  switch (blow) {
    case "kill a worker":
    case "kill a worker and its trial":
    case "kill a trial": {
      const busy = await busyWorker(scene);
      if (busy === null) return over;
      const { worker, trial } = busy;
      worker.struck ||= blow !== "kill a trial";
      const victims = {
        "kill a worker": [worker.pid],
        "kill a worker and its trial": [worker.pid, trial],
        "kill a trial": [trial],
      };
      for (const victim of victims[blow]) signalProcess(victim, "SIGKILL");
      scene.count(blow);
      return over;
    }
    case "stop a worker":
    case "stop a worker and its trial": {
      const busy = await busyWorker(scene);
      return busy === null ? over : { later: stopForAWhile(busy, blow, scene) };
    }
    case "kill the server":
      await server.kill();
      scene.count(blow);
      await delay(random() * longestOutageMs);
      await server.start();
      scene.note("the server is there again");
      return over;
    case "kill a submitter": {
      const [submitter] = living(scene, "submitter");
      if (submitter === undefined) return over;
      submitter.struck = true;
      signalProcess(submitter.pid, "SIGKILL");
      scene.count(blow);
      return over;
    }
    case "start a second submitter":
      scene.players.push(startSubmitter(scene.stage));
      scene.count(blow);
      return over;
  }
}

/** A worker, and the process in which it has a trial carried out. */
interface Busy {
  readonly worker: Player;
  readonly trial: number;
}

/** A worker at a trial that nothing else is happening to; `null` when the experiment ends before there is one. */
async function busyWorker(scene: Scene): Promise<Busy | null> {
  while (scene.goesOn()) {
    const busy = atWork(scene).filter(({ worker }) => !worker.struck);
    const chosen = busy[Math.floor(scene.random() * busy.length)];
    if (chosen !== undefined) {
      requireNoSecret(chosen.trial, scene);
      return chosen;
    }
    await delay(lookMs);
  }
  return null;
}

/** From when it has begun until it has a result, a trial's folder bears the number of its process. */
function atWork(scene: Scene): readonly Busy[] {
  const workers = living(scene, "worker");
  return readdirSync(join(scene.stage.out, "trials")).flatMap((name) => {
    const [, trial] = /^\..+\.(\d+)-/.exec(name) ?? [];
    const worker = trial === undefined ? undefined : workers.find(({ pid }) => pid === parentOf(Number(trial)));
    return worker === undefined ? [] : [{ worker, trial: Number(trial) }];
  });
}

async function stopForAWhile(
  { worker, trial }: Busy,
  blow: "stop a worker" | "stop a worker and its trial",
  scene: Scene,
): Promise<void> {
  const { lockMs } = scene.stage;
  const stopped = [worker.pid, ...(blow === "stop a worker" ? [] : [trial])];
  worker.struck = true;
  for (const pid of stopped) signalProcess(pid, "SIGSTOP");
  scene.count(blow);
  // By then its lock has run out, and the queue has looked for such locks.
  await delay(2 * lockMs + scene.random() * lockMs);
  for (const pid of stopped) signalProcess(pid, "SIGCONT");
  worker.struck = false;
  scene.note("the stopped worker goes on");
}

/** The process that carries a trial out must not know how to reach the queue. */
function requireNoSecret(trial: number, { server, problems }: Scene): void {
  const told = ["environ", "cmdline"].map((file) => textOf(`/proc/${trial}/${file}`)).join("\0");
  if (secretsOf(server).some((secret) => told.includes(secret))) problems.push("a trial's process has the password");
}

/** Empty when the process is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
