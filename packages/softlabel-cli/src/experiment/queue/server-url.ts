import { ArgumentError } from "softlabel";

/** A server that hands out trials, and how to speak of it without its credentials. */
export interface QueueServer {
  readonly kind: "redis" | "postgresql";
  /** With its credentials: for connecting alone. */
  readonly url: string;
  /** Scheme, host, port and path, for people. */
  readonly shown: string;
  /** Takes the credentials out of whatever a driver or server said. */
  readonly redact: (text: string) => string;
}

/** Scheme as typed → what it is, and the scheme that its driver knows. */
const schemes: Readonly<Record<string, { readonly kind: QueueServer["kind"]; readonly scheme: string }>> = {
  "redis:": { kind: "redis", scheme: "redis:" },
  "rediss:": { kind: "redis", scheme: "rediss:" },
  "valkey:": { kind: "redis", scheme: "redis:" },
  "valkeys:": { kind: "redis", scheme: "rediss:" },
  "postgres:": { kind: "postgresql", scheme: "postgresql:" },
  "postgresql:": { kind: "postgresql", scheme: "postgresql:" },
};

/**
 * Reads the URL of a queue's server.
 *
 * What stands behind `?` goes to the driver as it is: `sslmode`, `sslrootcert`, … of PostgreSQL, `family`, … of Redis.
 * @param typed - `redis://`, `rediss://`, `valkey://`, `valkeys://`, `postgres://` or `postgresql://`; a password may
 * stand in it.
 * @throws {@link ArgumentError} that shows the URL without its credentials.
 */
export function parseServerUrl(typed: string): QueueServer {
  const url = URL.canParse(typed) ? new URL(typed) : null;
  const known = url === null ? undefined : schemes[url.protocol];
  // PostgreSQL's socket stands behind the question mark, and no host before it.
  const hasPlace = url !== null && (url.host !== "" || url.searchParams.has("host"));
  if (url === null || known === undefined || !hasPlace) {
    throw new ArgumentError(
      `queue must be redis://HOST, rediss://HOST, postgres://HOST/DATABASE or postgresql://HOST/DATABASE, got ` +
        `"${hidden(typed)}"; a password's /, ?, # and @ are written %2F, %3F, %23 and %40`,
    );
  }
  const secrets = secretsOf(url);
  const scheme = url.protocol === "valkeys:" ? "rediss:" : url.protocol;
  return {
    kind: known.kind,
    url: `${known.scheme}${typed.slice(url.protocol.length)}`,
    shown: `${scheme}//${url.host}${url.pathname === "/" ? "" : url.pathname}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), withoutCredentials(text)),
  };
}

/** Every `//user:password@` in a text becomes `//***@`, and every `password=…` behind a question mark `password=***`. */
function withoutCredentials(text: string): string {
  return text.replaceAll(/(\/\/)\S*@/g, "$1***@").replaceAll(/([?&]\w*password=)[^&\s"]*/g, "$1***");
}

/** Of what is no URL, where the credentials end cannot be known: only what stands behind the last `@` is shown. */
function hidden(typed: string): string {
  return /:\/\//.test(typed) ? withoutCredentials(typed) : typed.replace(/^.*@/, "***@");
}

/** The password as it is written and as it is meant, the longer first, so that none is left in part. */
function secretsOf({ password, searchParams }: URL): readonly string[] {
  const inQuery = ["password", "sslpassword"].map((name) => searchParams.get(name) ?? "");
  const secrets = [password, decoded(password), ...inQuery];
  return [...new Set(secrets)].filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
