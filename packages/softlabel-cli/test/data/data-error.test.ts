import { expect, it } from "vitest";
import { DataError } from "../../src/data/data-error.ts";

it("a message about a file stays one line, and no name in it commands the terminal", () => {
  expect(new DataError("a\nb\u001b[2Jc\u2028\u202ed é 猫").message).toBe("a\\u000ab\\u001b[2Jc\\u2028\\u202ed é 猫");
});

it("a message about a file with an endless name keeps its beginning and its end", () => {
  const { message } = new DataError(`FILE must ${"x".repeat(10_000)}, got y`);
  expect(message).toHaveLength(2003);
  expect(message).toMatch(/^FILE must x+ … x+, got y$/);
});
