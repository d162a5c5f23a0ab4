// A contender's side of the conversation: `losses N` and `times N` make N steps and tell what they were.
import { createInterface } from "node:readline";
import { readNpz } from "../../packages/softlabel-cli/dist/data/npz.js";
import { createModel } from "../../packages/softlabel-cli/dist/models/parameters.js";

/** The model and the batch that the bench gives. */
export function given() {
  const [name, path] = process.argv.slice(2);
  const { images, labels, ...parameters } = readNpz(path);
  const model = createModel(name, { height: 28, width: 28, channels: 1, classes: 10 }, 0);
  for (const [i, { values }] of model.parameters.entries()) values.set(parameters[`parameter_${i}`].data);
  return { model, batch: { images: images.data, labels: labels.data } };
}

/** @param {() => number} step - makes one step and returns the loss before it. */
export async function answer(step) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, count] = line.split(" ");
    const [losses, times, cpuTimes] = [[], [], []];
    try {
      for (let i = 0; i < Number(count); i++) {
        const [start, cpuStart] = [performance.now(), process.cpuUsage()];
        losses.push(step());
        times.push(performance.now() - start);
        const { user, system } = process.cpuUsage(cpuStart);
        cpuTimes.push((user + system) / 1000);
      }
      console.log(JSON.stringify(what === "losses" ? { losses } : { times, cpuTimes }));
    } catch (error) {
      console.log(JSON.stringify({ error: error.message }));
    }
  }
}
