import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DCLinter } from "dclint";
import { afterAll, describe, expect, test } from "vitest";
import { deployFolder, documentsOf, valuesOf } from "./support/manifests.ts";

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, object>>;
}

interface Message {
  readonly type: "error" | "warning";
  readonly rule: string;
  readonly message: string;
}

const folder = mkdtempSync(join(tmpdir(), "softlabel-compose-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a reader of Compose files holds to be wrong: against the specification's schema, or a name that is not there. */
function errorsOf(text: string): readonly string[] {
  const path = join(folder, "compose.yaml");
  writeFileSync(path, text);
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const [{ messages }]: readonly { readonly messages: readonly Message[] }[] = linter.lintFiles([path], false);
  return messages.filter(({ type }) => type === "error").map(({ rule, message }) => `${rule}: ${message}`);
}

const text = readFileSync(join(deployFolder, "compose.yaml"), "utf8");
const [compose] = documentsOf("compose.yaml") as readonly [Compose];
const { services } = compose;

describe("compose.yaml", () => {
  test("fits the schema of the Compose specification", () => {
    expect(errorsOf(text)).toEqual([]);
  });

  test("a service with a key of a wrong name would be found", () => {
    expect(errorsOf(text.replace("image: redis:7", "imag: redis:7"))).toEqual([
      expect.stringMatching(/^invalid-schema: .*"\/services\/redis".*must NOT have additional properties/),
    ]);
  });

  test("volumes and secrets that a service names are there, and none besides", () => {
    const named = Object.values(services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0]));
    expect(Object.keys(compose.volumes)).toEqual(named.filter((name) => /^[a-z]/.test(name)));
    const secrets = Object.values(services).flatMap((service) => service.secrets ?? []);
    expect(new Set(secrets)).toEqual(new Set(Object.keys(compose.secrets)));
  });

  test("the password reaches the servers as a secret and the workers by a variable, and stands in no command", () => {
    const commands = valuesOf(compose, "command").flat().join("\n");
    expect(commands).not.toMatch(/QUEUE|:\/\//);
    // The file's content goes through a builtin of the shell into another file: no process gets it as an argument.
    expect(services.redis.command?.at(-1)).toContain(
      `printf 'requirepass "%s"\\n' "$$(cat /run/secrets/queue-password)" > /tmp/redis.conf\n`,
    );
    expect(services.postgresql.environment?.POSTGRES_PASSWORD_FILE).toBe("/run/secrets/queue-password");
    for (const { environment, command } of [services.worker, services.compare]) {
      expect(Object.keys(environment ?? {})).toEqual(["SOFTLABEL_QUEUE"]);
      expect(command?.[2]).toBe("--queue");
    }
  });

  test("both servers listen to this machine alone, keep what they have and never throw a job away", () => {
    for (const { ports, volumes } of [services.redis, services.postgresql]) {
      expect(ports?.every((port) => port.startsWith("127.0.0.1:"))).toBe(true);
      expect(volumes[0]).toMatch(/^(redis|postgresql):\//);
    }
    expect(services.redis.command?.at(-1)).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });
});
