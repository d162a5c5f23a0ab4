import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEpsilon, readPlace } from "../../../src/experiment/sources/given/read-place.ts";

describe("readPlace", () => {
  test.each<[string, number, number]>([
    ["0/1", 0, 1],
    ["0.1/12", 0.1, 12],
    [".05/3", 0.05, 3],
    ["eps=0.1/seed=3", 0.1, 3],
    ["eps0.1-seed3", 0.1, 3],
    ["eps_0.1_seed_3", 0.1, 3],
    ["epsilon-0.25/s7", 0.25, 7],
    ["ε = 0.1/s-2", 0.1, 2],
    ["LS0.2/Seed4", 0.2, 4],
    ["label-smoothing_0.1/run/seed1", 0.1, 1],
    ["smoothing=1e-3/2", 0.001, 2],
    ["baseline/5", 0, 5],
    ["plain-s3", 0, 3],
    ["resnet_no-smoothing/seed0", 0, 0],
    ["seed3/eps0.1", 0.1, 3],
    ["3/0.1", 0.1, 3],
    ["resnet50/0.1/seed2", 0.1, 2],
    ["1/1", 1, 1],
    ["eps0.1/seed3/eps0.1", 0.1, 3],
  ])("reads %s", (place, epsilon, seed) => {
    expect(readPlace(place)).toEqual({ epsilon, seed });
  });

  test.each<[string, object]>([
    ["focal/3", { seed: 3 }],
    ["0.1", { epsilon: 0.1 }],
    ["eps0.1/eps0.2/seed1", { seed: 1 }],
    ["eps0.1/seed1/seed2", { epsilon: 0.1 }],
    ["eps01/seed1", { seed: 1 }],
    ["eps10/seed1", { seed: 1 }],
    ["0.1/0.2/seed1", { seed: 1 }],
    ["class3/net", {}],
    ["eps=0.1/final", { epsilon: 0.1 }],
    ["", {}],
  ])("of %s leaves out what it does not say, or says twice", (place, told) => {
    expect(readPlace(place)).toEqual(told);
  });

  test("reads whatever ε and seed are written in one of the usual ways", () => {
    const ways = [
      (epsilon: number, seed: number) => `${epsilon}/${seed}`,
      (epsilon: number, seed: number) => `eps${epsilon}-seed${seed}`,
      (epsilon: number, seed: number) => `net/epsilon=${epsilon}/seed=${seed}/last`,
      (epsilon: number, seed: number) => `s${seed}/ls_${epsilon}`,
      (epsilon: number, seed: number) => `ε = ${epsilon}, seed ${seed}`,
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.nat(2 ** 31),
        fc.constantFrom(...ways),
        (thousandths, seed, way) => {
          const epsilon = thousandths / 1000;
          expect(readPlace(way(epsilon, seed))).toEqual({ epsilon, seed });
        },
      ),
    );
  });

  test("a name alone says ε as well", () => {
    expect(["baseline", "eps0.2", "0.3", "ε = 0.1", "focal"].map(readEpsilon)).toEqual([0, 0.2, 0.3, 0.1, undefined]);
  });
});
