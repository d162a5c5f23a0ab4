// jax-js on WebAssembly: log-softmax against the smoothed labels under jit and valueAndGrad.   node jax.js
// In its favour: the labels are made beforehand, and the gradient is left inside the backend.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { answer } from "./answer.js";
import { smoothedOneHot } from "./given.js";

await init("wasm");
defaultDevice("wasm");

await answer((problem) => {
  const shape = [problem.rows, problem.classes];
  const z = np.array(problem.logits, { shape });
  const q = np.array(smoothedOneHot(problem), { shape });
  const both = jit(
    valueAndGrad((x, target) =>
      nn
        .logSoftmax(x)
        .mul(target)
        .sum()
        .mul(-1 / problem.rows),
    ),
  );
  let last;
  const run = async () => {
    last?.gradient.dispose();
    const [value, gradient] = both(z.ref, q.ref);
    await blockUntilReady([value.ref, gradient.ref]);
    last = { loss: value.item(), gradient };
  };
  const result = () => ({ loss: last.loss, gradient: last.gradient.ref.dataSync() });
  return { "jax-js": { run, result, asynchronous: true, close: () => last.gradient.dispose() } };
});
