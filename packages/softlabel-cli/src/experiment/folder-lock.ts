import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ArgumentError } from "softlabel";
import { makeFolder } from "../training/make-folder.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isAlive, type ProcessIdentity, processIdentity } from "./process-identity.ts";
import { writeAtomically } from "./write-atomically.ts";

/*
 * One process at a time in an experiment's folder. Every process that wants in writes a claim of its own name and
 * then looks for the claims of others: whoever looks second sees the first. No file is ever taken over, so nothing
 * can be taken over twice; a claim whose process is dead is only swept away, and its name is never used again.
 */

/** Another process works in the folder. */
export class FolderLockedError extends Error {
  override readonly name: string = "FolderLockedError";
}

export interface FolderLock {
  release(): void;
}

/** A claim from another machine or container counts as given up when it has not been touched for so long. */
const foreignClaimSeconds = 60;
const heartbeatSeconds = 5;
/** Two that claim in the same instant both step back and try again after a random pause. */
const attempts = 6;
const longestPauseMs = 120;

/** The content of a claim's file. */
interface Claim {
  readonly process: ProcessIdentity;
  /** Whether the process has looked for others and found none. */
  readonly inside: boolean;
}

/**
 * Keeps other processes out of `folder` until released, or until this process ends in whatever way.
 *
 * @throws {@link FolderLockedError} naming the process that is inside; ArgumentError when `folder` is a file or cannot be written to.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  makeFolder(folder);
  const process = processIdentity();
  const own = join(folder, claimName());
  for (let attempt = 1; ; attempt++) {
    writeFirstClaim(own, { process, inside: false });
    const rivals = livingRivals(folder, own);
    if (rivals.length === 0) return holdClaim(own, { process, inside: true });
    rmSync(own, { force: true });
    const inside = rivals.find((rival) => rival.inside);
    if (inside !== undefined || attempt === attempts) throw lockedBy(inside ?? rivals[0], folder);
    await delay(Math.random() * longestPauseMs);
  }
}

function holdClaim(own: string, claim: Claim): FolderLock {
  writeClaim(own, claim);
  const heartbeat = setInterval(() => {
    try {
      writeClaim(own, claim);
    } catch {
      // The folder is deleted or its disk full: the experiment's own next write says so.
    }
  }, heartbeatSeconds * 1000);
  heartbeat.unref();
  const release = (): void => {
    clearInterval(heartbeat);
    process.off("exit", release);
    rmSync(own, { force: true });
  };
  process.on("exit", release);
  return { release };
}

function livingRivals(folder: string, own: string): readonly Claim[] {
  // Both times are the folder's file system's, whatever this machine's clock says.
  const now = statSync(own).mtimeMs;
  const paths = readdirSync(folder)
    .filter(isClaimName)
    .map((name) => join(folder, name));
  return paths.flatMap((path) => {
    const found = path === own ? undefined : readClaim(path);
    if (found === undefined) return [];
    if (isAlive(found.claim.process) ?? now - found.touched < foreignClaimSeconds * 1000) return [found.claim];
    rmSync(path, { force: true });
    return [];
  });
}

function readClaim(path: string): { claim: Claim; touched: number } | undefined {
  try {
    return { claim: JSON.parse(readFileSync(path, "utf8")), touched: statSync(path).mtimeMs };
  } catch (error) {
    // Released between the listing and the reading.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** @throws {@link ArgumentError} where the system lets nobody write. */
function writeFirstClaim(path: string, claim: Claim): void {
  try {
    writeClaim(path, claim);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EPERM", "EROFS"].includes(code)) throw error;
    throw new ArgumentError(`--out must be a folder that can be written to, got ${dirname(path)} (${code})`);
  }
}

/** Written anew rather than given a time: the time must be the file system's. */
function writeClaim(path: string, claim: Claim): void {
  writeAtomically(path, `${canonicalJson(claim)}\n`);
}

function lockedBy({ process }: Claim, folder: string): FolderLockedError {
  const where = isAlive(process) === null ? ` on ${process.place.split(" ")[0]}` : "";
  return new FolderLockedError(
    `process ${process.pid}${where} is already working in ${folder}; wait for it, stop it, or choose another --out`,
  );
}

function claimName(): string {
  return `.lock.${process.pid}.${randomBytes(6).toString("hex")}`;
}

function isClaimName(name: string): boolean {
  return /^\.lock\.\d+\.[0-9a-f]{12}$/.test(name);
}
