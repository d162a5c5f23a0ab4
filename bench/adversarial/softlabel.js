// The tutorial's training in the laboratory.   node softlabel.js cleverhans GIVEN.npz clean|adversarial
import { attack } from "../../packages/softlabel-cli/dist/attacks/attack.js";
import { createOptimizer } from "../../packages/softlabel-cli/dist/training/optimizer.js";
import { startTensorFlow } from "../../packages/softlabel-cli/dist/training/start.js";
import { trainStep } from "../../packages/softlabel-cli/dist/training/step.js";
import { answer, given } from "../training/answer.js";

await startTensorFlow();
const { model, batch } = given();
const sizes = model.parameters.map(({ values }) => values.length);
const optimizer = createOptimizer("adam", 1e-3, sizes);
const fgsm = { kind: "fgsm", epsilon: 0.3, norm: "inf" };
const perturb = (victim, images) => attack(victim, images, fgsm, Math.random); // FGSM draws nothing
const adversary = process.argv[4] === "adversarial" ? { coefficient: 0.5, perturb } : null;
await answer(() => trainStep(model, optimizer, batch, { labelSmoothing: 0.1 }, adversary).loss);
