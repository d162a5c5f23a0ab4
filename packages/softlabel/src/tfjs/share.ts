import {
  engine,
  getBackend,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  registerKernel,
  type Tensor,
} from "@tensorflow/tfjs-core";

const kernelName = "SoftlabelShare";

/** A second tensor of the same numbers; `tf.clone` copies them on the wasm backend. */
export function share(x: Tensor): Tensor {
  const backendName = getBackend();
  if (getKernel(kernelName, backendName) === undefined) {
    registerKernel({ kernelName, backendName, kernelFunc: countOneMore as unknown as KernelFunc });
  }
  return engine().runKernel(kernelName, { x }) as Tensor;
}

function countOneMore({ inputs, backend }: { inputs: { x: Tensor }; backend: KernelBackend }): object {
  const { dataId, shape, dtype } = inputs.x;
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/**
 * Runs `f`, in which the engine keeps `shared` for a gradient, without the copy that this is on the wasm backend: the
 * engine keeps a clone.
 *
 * Only for a tensor along which nobody differentiates: the engine's own clones are links of the tape.
 */
export function sharing<Result>(shared: Tensor, f: () => Result): Result {
  const owner = engine() as unknown as { clone: (x: Tensor) => Tensor };
  const clone = owner.clone.bind(owner);
  owner.clone = (x) => (x === shared ? share(x) : clone(x));
  try {
    return f();
  } finally {
    Reflect.deleteProperty(owner, "clone"); // the class's own is there again
  }
}
