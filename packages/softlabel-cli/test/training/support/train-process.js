// One training run in a process of its own, from the build: node train-process.js CONFIG_JSON FOLDER [DIE_AT_STEP]
// With a step it kills itself there, as hard as kill -9 does.
import { train } from "../../../dist/training/run.js";

const [config, folder, dieAtStep] = process.argv.slice(2);
const onProgress = ({ step }) => {
  if (step === Number(dieAtStep)) process.kill(process.pid, "SIGKILL");
};
await train(JSON.parse(config), { folder, onProgress });
