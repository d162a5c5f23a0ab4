// A contender's side of the conversation, a line of JSON for each word: `samples` of what it computes, the `time` of one
// call in milliseconds, and how much `memory` the first call takes beyond what there is before it and what it returns.
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

/**
 * @param {{ run: () => void, samples: () => object, outputBytes: number }} side - run() does the work, with the gradients
 * ready to be used at its end.
 */
export async function answer({ run, samples, outputBytes }) {
  for await (const word of createInterface({ input: process.stdin })) {
    try {
      console.log(JSON.stringify(await answers[word]({ run, samples, outputBytes })));
    } catch (error) {
      console.log(JSON.stringify({ error: error.message }));
    }
  }
}

const answers = {
  samples({ run, samples }) {
    run();
    return samples();
  },

  time({ run }) {
    const start = performance.now();
    run();
    return { time: performance.now() - start };
  },

  memory({ run, outputBytes }) {
    globalThis.gc();
    // Linux forgets the peak of the process' memory, which its start or its input may have set.
    writeFileSync("/proc/self/clear_refs", "5");
    const before = residentBytes("VmRSS");
    run();
    const peak = residentBytes("VmHWM");
    return { before, peak, outputBytes, extra: peak - before - outputBytes };
  },
};

function residentBytes(name) {
  const [, kibibytes] = readFileSync("/proc/self/status", "utf8").match(new RegExp(`${name}:\\s+(\\d+) kB`));
  return 1024 * Number(kibibytes);
}
