import { describe, expect, it } from "vitest";
import { missingParts, optionalParts } from "./optional-parts.ts";

describe("what a test needs", () => {
  it("is named in its title, and a title without a name needs nothing", () => {
    expect(missingParts("the gradient sums to 0")).toBeNull();
  });

  it("is missing when no such part is known, so that a misspelt name cannot excuse a skip", () => {
    expect(missingParts("the report fits a phone [needs chromim]")).toEqual(["chromim"]);
  });

  it("is checked part by part, on this machine", () => {
    for (const [name, { present }] of Object.entries(optionalParts)) {
      expect(missingParts(`a title [needs ${name}]`)).toEqual(present() ? [] : [name]);
    }
    const absent = Object.keys(optionalParts).filter((name) => !optionalParts[name]?.present());
    expect(missingParts(`a title [needs ${Object.keys(optionalParts).join(", ")}]`)).toEqual(absent);
  });
});
