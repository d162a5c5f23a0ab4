import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeNpz } from "../../src/data/npz.ts";
import { judge } from "../../src/experiment/judge.ts";
import { judgeRuns } from "../../src/experiment/judge-runs.ts";
import { TrialsMissingError } from "../../src/experiment/run-experiment.ts";
import type { Run, Source } from "../../src/experiment/sources/source.ts";
import { settingsOf } from "./support/arms.ts";
import { madePredictions, writeRun } from "./support/runs.ts";
import { temporaryFolder } from "./support/worker.ts";

const trainer = { trainer: null, data: null, ingredients: {}, work: () => 1, remedy: "try again" } as const;

/** Runs in folders `<arm>/<seed>` of an experiment, which are written; those without predictions have no place. */
function madeSource(
  folder: string,
  epsilons: readonly number[],
  seeds: readonly number[],
  without: string[] = [],
): Source {
  const arms = epsilons.map(settingsOf);
  const runs = seeds.flatMap((seed) =>
    arms.map(({ name, epsilon }): Run => {
      const id = `${epsilon}/${seed}`;
      if (without.includes(id)) return { arm: name, seed, id, trial: null, place: null };
      writeRun(join(folder, id), { epsilon, seed });
      return {
        arm: name,
        seed,
        id,
        trial: null,
        place: (experiment) => ({ folder: join(experiment, id), name: "predictions.npz" }),
      };
    }),
  );
  return { ...trainer, arms, runs, describe: () => expect.fail("nobody asked") };
}

const none = new Map<string, string>();

describe("judgeRuns", () => {
  test("judges every arm on every seed, in the order of both", () => {
    const folder = temporaryFolder();
    const { arms, seeds, missing, rows } = judgeRuns(madeSource(folder, [0, 0.1, 0.3], [1, 2, 3]), folder, none);
    expect(arms.map(({ settings }) => settings.epsilon)).toEqual([0, 0.1, 0.3]);
    expect(arms[1].trials).toEqual([1, 2, 3].map((seed) => ({ id: `0.1/${seed}`, seed })));
    expect({ seeds, missing }).toEqual({ seeds: [1, 2, 3], missing: [] });
    expect(rows).toMatchObject({ classes: 6, testRows: 60, validationRows: 40 });
    for (const { metrics, figures } of arms) {
      expect(metrics).toHaveLength(3);
      expect(figures).toMatchObject({ history: [], penultimate: null });
    }
  });

  test("a missing trial leaves the same as an experiment without that seed, bit for bit", () => {
    const folder = temporaryFolder();
    const failed = new Map([["0.1/2", "its process was killed by SIGKILL"]]);
    const all = madeSource(folder, [0, 0.1, 0.3], [1, 2, 3, 4]);
    const { missing, seeds, ...lacking } = judgeRuns(all, folder, failed);
    expect(seeds).toEqual([1, 3, 4]);
    expect(missing).toEqual([{ arm: "ε = 0.1", seed: 2, reason: "its process was killed by SIGKILL" }]);
    const fewer = judgeRuns(madeSource(folder, [0, 0.1, 0.3], [1, 3, 4]), folder, none);
    expect(lacking).toEqual({ arms: fewer.arms, rows: fewer.rows });
    expect(judge(lacking.arms)).toEqual(judge(fewer.arms));
  });

  test("an arm without any result is left out, and costs the others no seed", () => {
    const folder = temporaryFolder();
    const source = madeSource(folder, [0, 0.1, 0.3], [1, 2], ["0.1/1", "0.1/2"]);
    const { arms, seeds, missing } = judgeRuns(source, folder, none);
    expect(arms).toEqual(judgeRuns(madeSource(folder, [0, 0.3], [1, 2]), folder, none).arms);
    expect(seeds).toEqual([1, 2]);
    expect(missing).toEqual([1, 2].map((seed) => ({ arm: "ε = 0.1", seed, reason: "there are no predictions of it" })));
  });

  test.each<[string, (folder: string) => void, string]>([
    [
      "NaN among them",
      (folder) => {
        const made = madePredictions({ epsilon: 0.1, seed: 2 });
        made.test_logits.data[27] = Number.NaN;
        writeNpz(join(folder, "predictions.npz"), made);
      },
      "its predictions cannot be judged: logits must be finite or −∞, got NaN at row 4, class 3",
    ],
    [
      "an end too early",
      (folder) => {
        const path = join(folder, "predictions.npz");
        writeFileSync(path, readFileSync(path).subarray(0, 1000));
      },
      "its predictions cannot be judged: predictions.npz must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (",
    ],
    [
      "no file at all",
      (folder) => rmSync(folder, { recursive: true }),
      "its predictions cannot be judged: predictions.npz does not exist",
    ],
    [
      "a label that is no class",
      (folder) => {
        const made = madePredictions({ epsilon: 0.1, seed: 2 });
        made.test_labels.data[3] = 6;
        writeNpz(join(folder, "predictions.npz"), made);
      },
      "its predictions cannot be judged: labels must be integers in [0, 6), got 6 at row 3",
    ],
  ])(
    "predictions with %s are missing, wherever the experiment is, and their seed is compared nowhere",
    (_, damage, reason) => {
      const folder = temporaryFolder();
      const source = madeSource(folder, [0, 0.1], [1, 2, 3]);
      damage(join(folder, "0.1/2"));
      const { missing, seeds, arms } = judgeRuns(source, folder, none);
      expect(missing).toEqual([{ arm: "ε = 0.1", seed: 2, reason: expect.stringContaining(reason) }]);
      expect(missing[0].reason).not.toContain(folder);
      expect(seeds).toEqual([1, 3]);
      expect(arms).toEqual(judgeRuns(madeSource(folder, [0, 0.1], [1, 3]), folder, none).arms);
    },
  );

  test("a run on a seed that is compared nowhere is missing too when it cannot be judged", () => {
    const folder = temporaryFolder();
    const source = madeSource(folder, [0, 0.1, 0.3], [1, 2], ["0.1/2"]);
    writeFileSync(join(folder, "0.3/2/predictions.npz"), "");
    const { missing, seeds } = judgeRuns(source, folder, none);
    expect(seeds).toEqual([1]);
    expect(missing.map(({ arm, seed }) => [arm, seed])).toEqual([
      ["ε = 0.1", 2],
      ["ε = 0.3", 2],
    ]);
  });

  test("other test rows are no missing trial but an error, of whatever seed", () => {
    const folder = temporaryFolder();
    const source = madeSource(folder, [0, 0.1], [1, 2]);
    const made = madePredictions({ epsilon: 0.1, seed: 2 });
    const labels = made.test_labels.data;
    [labels[8], labels[40]] = [(Number(labels[8]) + 1) % 6, (Number(labels[40]) + 2) % 6];
    writeNpz(join(folder, "0.1/2/predictions.npz"), made);
    expect(() => judgeRuns(source, folder, none)).toThrow(
      /^arms must be judged on the same test rows, in the same order, got label \d at row 8 in ε = 0\.1 with seed 2 \(0\.1\/2\) and \d in ε = 0 with seed 1 \(0\/1\)$/,
    );
  });

  test.each<[string, readonly string[], string]>([
    [
      "the base has none",
      ["0/1", "0/2"],
      "no results yet, because ε = 0, the base, has no result; missing are ε = 0 with seed 1 (out of memory), ε = 0 with seed 2 (out of memory); try again",
    ],
    [
      "the base alone has any",
      ["0.1/1", "0.1/2", "0.3/1", "0.3/2"],
      "no results yet, because only ε = 0 has a result; missing are ε = 0.1 with seed 1 (out of memory), ε = 0.1 with seed 2 (out of memory), ε = 0.3 with seed 1 (out of memory), ε = 0.3 with seed 2 (out of memory); try again",
    ],
    [
      "no seed is complete",
      ["0/1", "0.3/2"],
      "no results yet, because no seed has a result of every arm; missing are ε = 0 with seed 1 (out of memory), ε = 0.3 with seed 2 (out of memory); try again",
    ],
  ])("there is nothing to compare when %s", (_, ids, message) => {
    const folder = temporaryFolder();
    const failed = new Map(ids.map((id) => [id, "out of memory; it wrote last:\n    at line 5"]));
    expect(() => judgeRuns(madeSource(folder, [0, 0.1, 0.3], [1, 2]), folder, failed)).toThrow(
      new TrialsMissingError(message),
    );
  });

  test("five missing trials are named and the others counted", () => {
    const folder = temporaryFolder();
    const failed = new Map([1, 2, 3, 4, 5, 6, 7].map((seed) => [`0/${seed}`, "lost"]));
    expect(() => judgeRuns(madeSource(folder, [0, 0.1], [1, 2, 3, 4, 5, 6, 7]), folder, failed)).toThrow(
      "ε = 0 with seed 5 (lost), and 2 more; try again",
    );
  });

  test("the order of the arms behind the base changes nothing but that order", () => {
    const folder = temporaryFolder();
    const straight = judge(judgeRuns(madeSource(folder, [0, 0.1, 0.2, 0.3], [1, 2]), folder, none).arms);
    const turned = judge(judgeRuns(madeSource(folder, [0, 0.3, 0.1, 0.2], [1, 2]), folder, none).arms);
    expect(turned.toSorted((a, b) => a.epsilon - b.epsilon)).toEqual(straight);
  });

  test("whatever is missing, the seeds are those that every arm left has, and every run is judged or missing", () => {
    const folder = temporaryFolder();
    const source = madeSource(folder, [0, 0.1, 0.3], [1, 2, 3]);
    const ids = source.runs.map(({ id }) => id);
    fc.assert(
      fc.property(fc.subarray(ids), (lost) => {
        const failed = new Map(lost.map((id) => [id, "lost"]));
        const left = [0, 0.1, 0.3].filter((epsilon) => [1, 2, 3].some((seed) => !failed.has(`${epsilon}/${seed}`)));
        const whole = [1, 2, 3].filter((seed) => left.every((epsilon) => !failed.has(`${epsilon}/${seed}`)));
        if (left[0] !== 0 || left.length < 2 || whole.length === 0) {
          expect(() => judgeRuns(source, folder, failed)).toThrow(TrialsMissingError);
          return;
        }
        const { arms, seeds, missing } = judgeRuns(source, folder, failed);
        expect(arms.map(({ settings }) => settings.epsilon)).toEqual(left);
        expect(seeds).toEqual(whole);
        expect(new Set(missing.map(({ arm, seed }) => `${arm.slice(4)}/${seed}`))).toEqual(new Set(lost));
      }),
      { numRuns: 60 },
    );
  });
});
