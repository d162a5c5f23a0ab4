import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backendsInNode, useBackend } from "./backends.ts";
import { answer, distance, type PeerCase } from "./peer-cases.ts";
import { deviations } from "./random-shapes.ts";

const { cases, sources }: { cases: PeerCase[]; sources: Record<string, string> } = JSON.parse(
  readFileSync(new URL("../fixtures/peers.json", import.meta.url), "utf8"),
);

describe.each(backendsInNode)("what other libraries test, on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(cases.map((peer) => ({ ...peer, title: `${peer.peer}: ${peer.test}` })))("$title", async (peer) => {
    const { numbers, error } = await answer(peer);
    if (peer.throws === undefined) {
      expect(error).toBeUndefined();
      expect(distance(numbers ?? [], peer), `got ${numbers}, expected ${peer.expected}`).toBeLessThanOrEqual(
        peer.tolerance as number,
      );
    } else {
      expect(error?.slice(0, peer.throws.length)).toBe(peer.throws);
    }
  });
});

describe.each(backendsInNode)("random shapes and options, on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it("give what the core gives", async () => {
    const found = await deviations(41);
    // The adapter's stated accuracy, which the same calls meet in a browser.
    expect(found.filter(({ loss, gradient }) => !(loss <= 1e-5 && gradient <= 1e-5))).toEqual([]);
    expect(found.length).toBeGreaterThan(50);
  });
});

describe("the table of other libraries' tests", () => {
  it("has a source for every library, and a value with a tolerance or a message for every case", () => {
    expect([...new Set(cases.map(({ peer }) => peer))].sort()).toEqual(Object.keys(sources).sort());
    for (const { test, expected, tolerance, throws } of cases) {
      const valued = expected !== undefined && (tolerance as number) > 0;
      expect(valued, test).toBe(throws === undefined);
    }
    expect(cases.length).toBeGreaterThanOrEqual(100);
  });

  it("takes a number that is not near for one that is wrong", () => {
    const peer: PeerCase = { peer: "", test: "", loss: "", labels: 0, logits: 0, expected: [1, "Infinity"] };
    expect(distance([1, Number.POSITIVE_INFINITY], peer)).toBe(0);
    for (const wrong of [[1], [1, 2], [Number.NaN, Number.POSITIVE_INFINITY], [1, Number.NEGATIVE_INFINITY]]) {
      expect(distance(wrong, peer)).toBe(Number.POSITIVE_INFINITY);
    }
    expect(distance([1.5, Number.POSITIVE_INFINITY], peer)).toBe(0.5);
  });
});
