// What runs in the page: one backend's measurements, as in Node.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { prepareBackend, softmaxCrossEntropy } from "../../packages/softlabel/dist/tfjs/index.js";
import { errorsOf, expected, labelSmoothing, problem } from "./given.js";
import { measureBackend } from "./measure-backend.js";

globalThis.measure = async (backend, shape, turns) => {
  tf.enableProdMode();
  await tf.setBackend(backend);
  await tf.ready();
  await prepareBackend();
  const given = problem(shape);
  const exact = expected(given);
  const measured = await measureBackend({ tf, softmaxCrossEntropy, problem: given, labelSmoothing, turns });
  const results = {};
  for (const [name, { answer, ...numbers }] of Object.entries(measured)) {
    results[name] = { errors: errorsOf({ ...answer, gradient: Array.from(answer.gradient) }, exact), ...numbers };
  }
  return { shape, results };
};
