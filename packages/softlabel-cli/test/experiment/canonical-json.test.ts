import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/experiment/canonical-json.ts";

describe("canonicalJson", () => {
  test("the order in which keys were set does not matter, at any depth", () => {
    const a = { model: "mlp", prior: { b: 1, a: [2, { y: 3, x: 4 }] } };
    const b = { prior: { a: [2, { x: 4, y: 3 }], b: 1 }, model: "mlp" };
    expect(canonicalJson(a)).toBe(canonicalJson(b));
    expect(canonicalJson(a)).toBe('{"model":"mlp","prior":{"a":[2,{"x":4,"y":3}],"b":1}}');
  });

  test("the order of a list does matter", () => {
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  test("keeps every number bit for bit but the sign of 0", () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(numbers, (x) => JSON.parse(canonicalJson({ x })).x === x));
  });

  test.each([Number.NaN, Infinity, -Infinity])("refuses %s, which JSON would turn into null", (x) => {
    expect(() => canonicalJson({ rate: x })).toThrow(`rate must be finite to be written as JSON, got ${x}`);
  });
});
