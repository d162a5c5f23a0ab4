// One backend in a process of its own: node node.js cpu|wasm. Prints what measure-backend.js found, a line of JSON for
// each shape.

import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/tfjs/index.js";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { errorsOf, expected, labelSmoothing, problem, shapes } from "./given.js";
import { measureBackend } from "./measure-backend.js";
import { registerGradients } from "./register-gradients.js";

const [, , backend, turns] = process.argv;
await registerGradients(tf);
tf.enableProdMode();
await tf.setBackend(backend);
for (const shape of shapes) {
  const given = problem(shape);
  const exact = expected(given);
  const measured = await measureBackend({
    tf,
    softmaxCrossEntropy,
    problem: given,
    labelSmoothing,
    turns: Number(turns),
  });
  const results = {};
  for (const [name, { answer, ...numbers }] of Object.entries(measured)) {
    results[name] = { errors: errorsOf(answer, exact), ...numbers };
  }
  console.log(JSON.stringify({ shape, results }));
}
