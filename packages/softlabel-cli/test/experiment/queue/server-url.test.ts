import { describe, expect, it } from "vitest";
import { parseServerUrl } from "../../../src/experiment/queue/server-url.ts";

describe("parseServerUrl", () => {
  it("knows a server by the scheme of its URL, under each of its names", () => {
    const kinds = (urls: readonly string[]): unknown[] => urls.map((url) => parseServerUrl(url).kind);
    expect(kinds(["redis://a", "rediss://b:6380/2", "valkey://c", "valkeys://d"])).toEqual(Array(4).fill("redis"));
    expect(kinds(["postgres://a/x", "postgresql://b:5433/y"])).toEqual(Array(2).fill("postgresql"));
  });

  it("gives the driver the scheme that it knows, and all else as it was typed", () => {
    const given = (url: string): string => parseServerUrl(url).url;
    expect(given("valkeys://u:p%2Fw@h:1/3?family=6")).toBe("rediss://u:p%2Fw@h:1/3?family=6");
    expect(given("postgres://u:p@h/d?sslmode=verify-full&sslrootcert=/ca.pem")).toBe(
      "postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=/ca.pem",
    );
  });

  it("takes PostgreSQL's socket from behind the question mark", () => {
    const socket = parseServerUrl("postgres:///d?host=/run/postgresql&user=ada&password=s3cret");
    expect(socket).toMatchObject({ kind: "postgresql", shown: "postgres:///d" });
    expect(socket.redact("no role ada with s3cret")).toBe("no role ada with ***");
  });

  it("shows a server without user, password and what stands behind the question mark", () => {
    expect(parseServerUrl("rediss://ada:s3cret@host:6380/2?family=6").shown).toBe("rediss://host:6380/2");
    expect(parseServerUrl("valkeys://:s3cret@host").shown).toBe("rediss://host");
    expect(parseServerUrl("postgresql://ada:s3cret@host/trials?password=other").shown).toBe("postgresql://host/trials");
  });

  it("takes the password out of every message, however it is written there", () => {
    const { redact } = parseServerUrl("postgres://ada:p%40ss%2Fw@host/d?sslpassword=k3y");
    expect(redact("cannot reach postgres://ada:p%40ss%2Fw@host/d with p@ss/w or p%40ss%2Fw or k3y")).toBe(
      "cannot reach postgres://***@host/d with *** or *** or ***",
    );
    expect(parseServerUrl("redis://host").redact("connect ECONNREFUSED 127.0.0.1:6379")).toBe(
      "connect ECONNREFUSED 127.0.0.1:6379",
    );
  });

  it.each([
    ["mysql://ada:s3cret@host/x", "mysql://***@host/x"],
    ["redis://:s3cret/with/slashes@host", "redis://***@host"],
    ["ada:s3cret@host:6379", "***@host:6379"],
    ["mysql://host/x?user=ada&password=s3cret&a=b", "mysql://host/x?user=ada&password=***&a=b"],
    ["redis://", "redis://"],
    ["host", "host"],
  ])("refuses %s without its password", (typed, shown) => {
    expect(() => parseServerUrl(typed)).toThrow(
      `queue must be redis://HOST, rediss://HOST, postgres://HOST/DATABASE or postgresql://HOST/DATABASE, got "${shown}"; ` +
        "a password's /, ?, # and @ are written %2F, %3F, %23 and %40",
    );
  });
});
