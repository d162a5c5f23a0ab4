import {
  engine,
  type GradConfig,
  getBackend,
  getGradient,
  getKernel,
  type KernelBackend,
  type KernelFunc,
  type NamedAttrMap,
  registerGradient,
  registerKernel,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** An operation of our own: a kernel that runs on every backend, and its gradients by the name of the input. */
export interface Operation<Attributes> {
  readonly name: string;
  /** The result, and after it what else the gradients need; no other tensor may be left. */
  readonly forward: (inputs: Inputs, attributes: Attributes, backend: KernelBackend) => readonly [Tensor, ...Tensor[]];
  readonly gradients: (
    upstream: Tensor,
    inputs: Inputs,
    attributes: Attributes,
    others: readonly Tensor[],
  ) => Readonly<Record<string, () => Tensor>>;
}

export type Inputs = Readonly<Record<string, Tensor>>;

/**
 * Runs an operation on the backend that is set, recorded for gradients where these are being recorded.
 *
 * The engine knows operations by name, and what to keep of one by that name too: each set of inputs to keep is an
 * operation to it.
 *
 * @param kept - Names of the inputs that the gradients need.
 */
export function run<Attributes extends object>(
  operation: Operation<Attributes>,
  inputs: Inputs,
  attributes: Attributes,
  kept: readonly string[] = Object.keys(inputs),
): Tensor {
  const kernelName = `${operation.name} keeping ${kept.join(", ")}`;
  const backendName = getBackend();
  if (getKernel(kernelName, backendName) === undefined) {
    const kernelFunc = ({ inputs, attrs, backend }: Parameters<KernelFunc>[0]): Tensor[] => [
      ...operation.forward(inputs as Inputs, attrs as unknown as Attributes, backend as KernelBackend),
    ];
    registerKernel({ kernelName, backendName, kernelFunc: kernelFunc as unknown as KernelFunc });
  }
  if (getGradient(kernelName) === undefined) {
    const gradFunc: GradConfig["gradFunc"] = (upstream, saved, attrs) => {
      const inputs = Object.fromEntries(kept.map((name, i) => [name, saved[i]]));
      const ofResult = Array.isArray(upstream) ? upstream[0] : upstream;
      return operation.gradients(ofResult, inputs, attrs as unknown as Attributes, saved.slice(kept.length));
    };
    registerGradient({ kernelName, inputsToSave: [...kept], outputsToSave: [false, true, true], gradFunc });
  }
  const outputs = engine().runKernel(kernelName, { ...inputs }, attributes as unknown as NamedAttrMap);
  const [result, ...others] = outputs as Tensor[];
  for (const other of others) other.dispose(); // what is kept of them are clones
  return result;
}
