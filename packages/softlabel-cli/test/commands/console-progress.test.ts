import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createProgress, duration, type Progress } from "../../src/commands/progress.ts";

interface Stage {
  readonly progress: Progress;
  readonly pass: (milliseconds: number) => void;
  /** Everything written since the last call. */
  readonly written: () => string;
}

function stage(terminal: boolean, columns = 80, options: { readonly tellsWithinSteps?: boolean } = {}): Stage {
  let time = 1000;
  let text = "";
  const output = { write: (more: string) => (text += more), isTTY: terminal, columns };
  return {
    progress: createProgress(output, { label: "training", now: () => time, ...options }),
    pass: (milliseconds) => {
      time += milliseconds;
    },
    written: () => {
      const all = text;
      text = "";
      return all;
    },
  };
}

describe("progress on a terminal", () => {
  it("draws a bar with its share, its rate and the time left, over itself", () => {
    const { progress, pass, written } = stage(true);
    progress.update(0, 120);
    expect(written()).toBe(`\r\x1b[Ktraining ${"░".repeat(24)} 0 %`);
    pass(10_000);
    progress.update(30, 120, "epoch 2 of 5");
    expect(written()).toBe(
      `\r\x1b[Ktraining ${"█".repeat(6)}${"░".repeat(18)} 25 %  3.00 steps/s, 0:30 left  epoch 2 of 5`,
    );
  });

  it("gives slow work in seconds for each unit", () => {
    const { progress, pass, written } = stage(true);
    progress.update(0, 12);
    pass(8_000);
    progress.update(2, 12);
    expect(written()).toContain("4.00 s/step, 0:40 left");
  });

  it("does not count as speed what was done before it began", () => {
    const { progress, pass, written } = stage(true);
    progress.update(10, 12);
    pass(5_000);
    progress.update(11, 12);
    expect(written()).toContain("5.00 s/step, 0:05 left");
  });

  it("redraws ten times a second at most, and draws the last state when it stops", () => {
    const { progress, pass, written } = stage(true);
    progress.update(0, 1000);
    written();
    for (let step = 1; step <= 1000; step++) {
      pass(1);
      progress.update(step, 1000);
    }
    expect(written().split("\r")).toHaveLength(1 + 10);
    progress.stop();
    expect(written()).toBe(`\r\x1b[Ktraining ${"█".repeat(24)} 100 %  1000 steps/s, 0:01 taken\n`);
    progress.stop();
    expect(written()).toBe("");
  });

  it("takes a terminal that does not know its width, and says 0, for one of 80 columns", () => {
    const { progress, written } = stage(true, 0);
    progress.update(1, 3, "epoch 2 of 5");
    expect(written()).toContain("epoch 2 of 5");
  });

  it("never wraps: a line longer than the terminal ends in an ellipsis", () => {
    const { progress, written } = stage(true, 40);
    progress.update(1, 3, "a text that does not fit on the line");
    expect(written().replace("\r\x1b[K", "")).toMatch(/^.{38}…$/u);
  });

  it("writes a note above the bar and draws the bar again", () => {
    const { progress, written } = stage(true);
    progress.update(1, 4);
    const bar = written();
    progress.note("trial 1 of 4 is done");
    expect(written()).toBe(`\r\x1b[Ktrial 1 of 4 is done\n${bar}`);
  });
});

describe("progress anywhere else", () => {
  it("writes plain lines, the first and the last among them", () => {
    const { progress, pass, written } = stage(false);
    progress.update(0, 40, "seed 0");
    pass(20_000);
    progress.update(20, 40, "seed 1");
    pass(20_000);
    progress.update(40, 40);
    progress.stop();
    expect(written().split("\n")).toEqual([
      "training: 0 % (0 of 40 steps), seed 0",
      "training: 50 % (20 of 40 steps), 1.00 steps/s, 0:20 left, seed 1",
      "training: 100 % (40 of 40 steps), 1.00 steps/s, 0:40 taken",
      "",
    ]);
  });

  it("stays sparse: 10 s and 5 % pass between two lines, however often it is told", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), (steps, milliseconds) => {
        const { progress, pass, written } = stage(false);
        for (let step = 0; step <= steps; step++) {
          progress.update(step, steps);
          pass(milliseconds);
        }
        progress.stop();
        const lines = written().trimEnd().split("\n").length;
        // The first and the last line come whenever they come.
        expect(lines).toBeLessThanOrEqual(2 + Math.min(20, (steps * milliseconds) / 10_000));
      }),
      { numRuns: 50 },
    );
  });

  it("writes no escape sequence", () => {
    const { progress, pass, written } = stage(false);
    progress.update(0, 2);
    progress.note("hello");
    pass(60_000);
    progress.update(1, 2);
    progress.stop();
    expect(written()).not.toContain("\x1b");
  });
});

describe("progress of steps that last long and unequally", () => {
  const uneven = { tellsWithinSteps: true };

  it("tells what goes on within one every 10 s in plain lines, and never how much time is left", () => {
    const { progress, pass, written } = stage(false, 80, uneven);
    progress.update(0, 3, "reading");
    pass(100);
    progress.update(1, 3, "fitting");
    for (let tenth = 1; tenth <= 250; tenth++) {
      pass(100);
      progress.update(1, 3, `fitting: iteration ${tenth}`);
    }
    pass(100);
    progress.update(3, 3, "judged");
    progress.stop();
    expect(written().split("\n")).toEqual([
      "training: 0 % (0 of 3 steps), reading",
      "training: 33 % (1 of 3 steps), fitting: iteration 99",
      "training: 33 % (1 of 3 steps), fitting: iteration 199",
      "training: 100 % (3 of 3 steps), 8.40 s/step, 0:25 taken, judged",
      "",
    ]);
  });

  it("tells nothing again where nothing changed", () => {
    const { progress, pass, written } = stage(false, 80, uneven);
    progress.update(1, 3, "fitting");
    written();
    for (let minute = 0; minute < 5; minute++) {
      pass(60_000);
      progress.update(1, 3, "fitting");
    }
    expect(written()).toBe("");
  });

  it("without the option says nothing before a step is done", () => {
    const { progress, pass, written } = stage(false);
    progress.update(1, 3, "fitting");
    written();
    pass(60_000);
    progress.update(1, 3, "fitting: iteration 7");
    expect(written()).toBe("");
  });

  it("has room on a terminal of 80 columns for the step of a fit, beside the bar", () => {
    const { progress, pass, written } = stage(true, 80, uneven);
    progress.update(2, 4, "fitting");
    written();
    pass(99);
    progress.update(2, 4, "fitting: iteration 1");
    expect(written()).toBe("");
    pass(60_000);
    progress.update(2, 4, "dirichlet, fit 3, step 12: 0.8123 nats, for predictions.npz");
    const cells = "█".repeat(12) + "░".repeat(12);
    expect(written()).toBe(`\r\x1b[Ktraining ${cells} 50 %  dirichlet, fit 3, step 12: 0.8123 nats…`);
  });
});

describe("a share and a duration", () => {
  it("says 100 % only when everything is done", () => {
    const { progress, written } = stage(true);
    progress.update(9_999, 10_000);
    expect(written()).toContain(" 99 %");
  });

  it("is done when there is nothing to do", () => {
    const { progress, written } = stage(true);
    progress.update(0, 0);
    expect(written()).toContain("100 %");
  });

  it.each([
    [0, "0:00"],
    [59.4, "0:59"],
    [59.6, "1:00"],
    [3599.6, "1:00:00"],
    [3661, "1:01:01"],
    [100 * 3600, "100:00:00"],
  ])("%d s is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
