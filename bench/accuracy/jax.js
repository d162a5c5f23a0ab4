// jax-js on WebAssembly: log-softmax against the smoothed labels.   node jax.js FOLDER…
import { defaultDevice, grad, init, nn, numpy as np } from "@jax-js/jax";
import { smoothedOneHot } from "../loss/given.js";
import { answerCases } from "./given.js";

await init("wasm");
defaultDevice("wasm");

await answerCases("jax-js", 0, (given) => {
  const shape = [given.rows, given.classes];
  const q = np.array(smoothedOneHot(given), { shape });
  const z = np.array(given.logits, { shape });
  const losses = (x) => nn.logSoftmax(x).mul(q.ref).sum(-1).mul(-1);
  const answer = { losses: losses(z.ref).dataSync(), gradient: grad((x) => losses(x).sum())(z).dataSync() };
  q.dispose();
  return answer;
});
