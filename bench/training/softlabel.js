import { createOptimizer } from "../../packages/softlabel-cli/dist/training/optimizer.js";
import { startTensorFlow } from "../../packages/softlabel-cli/dist/training/start.js";
import { trainStep } from "../../packages/softlabel-cli/dist/training/step.js";
import { answer, given } from "./answer.js";

await startTensorFlow();
const { model, batch } = given();
const sizes = model.parameters.map(({ values }) => values.length);
const optimizer = createOptimizer("adam", 1e-3, sizes);
await answer(() => trainStep(model, optimizer, batch, { labelSmoothing: 0.1 }).loss);
