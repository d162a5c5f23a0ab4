import { randomBytes } from "node:crypto";
import { startPostgresql } from "./postgresql-server.ts";
import { startRedis } from "./redis-server.ts";

/** A server of this machine's own, made for one test, that can be killed and started again on what it kept. */
export interface TestServer {
  readonly kind: ServerKind;
  /** Of the program: 7.0.15. */
  readonly version: string;
  /** With user and password, reserved characters percent-encoded. */
  readonly url: string;
  readonly password: string;
  /** Its data; gone when it is stopped. */
  readonly folder: string;
  /** Ends it as a crash does: SIGKILL to each of its processes. */
  kill(): Promise<void>;
  /** On the same data and the same port. */
  start(): Promise<void>;
  /** Ends it for good and removes its data; every test that starts a server calls this. */
  stop(): Promise<void>;
}

export type ServerKind = "redis" | "postgresql";

export interface ServerOptions {
  /** When Redis forces its log to the disk; PostgreSQL has no such choice. */
  readonly appendfsync: "always" | "everysec";
  readonly password: string;
}

/** The password as it is and as a URL writes it: what nobody but the server and its clients may know. */
export function secretsOf({ password }: Pick<TestServer, "password">): readonly string[] {
  return [password, encodeURIComponent(password)];
}

/** Starts a server on a free port of the loopback interface, with a password that has to be encoded in a URL. */
export function startServer(kind: ServerKind, given: Partial<ServerOptions> = {}): Promise<TestServer> {
  const options: ServerOptions = {
    appendfsync: "everysec",
    password: `p@ss:w/rd?${randomBytes(8).toString("hex")}`,
    ...given,
  };
  return kind === "redis" ? startRedis(options) : startPostgresql(options);
}
