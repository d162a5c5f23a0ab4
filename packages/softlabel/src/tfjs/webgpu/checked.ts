import { engine, type KernelBackend, ones, tensor2d } from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "../../core/softmax-cross-entropy.ts";
import type { TensorLike } from "../../core/tensor.ts";
import { compose, composedLoss } from "../composed/loss.ts";
import { readCall } from "../read-call.ts";
import { isWebgpuBackend, type WebgpuBackend } from "./programs.ts";
import { gradientOnGpu, statisticsOnGpu } from "./rows.ts";

/** Whether the programs of a backend give what the core gives; undefined while nobody knows. */
interface Verdict {
  readonly known: Promise<void>;
  right: boolean | undefined;
}

const verdicts: WeakMap<KernelBackend, Verdict> = /* @__PURE__ */ new WeakMap();

/**
 * The backend that is set, if it is one whose programs are known to be right.
 *
 * A program that does not compile on some device is only printed, and its output stays what it was: the first call has
 * both programs checked against the core, and composes until that is done.
 */
export function checkedBackend(): WebgpuBackend | undefined {
  const { backend } = engine();
  if (!isWebgpuBackend(backend)) return undefined;
  return verdictOn(backend).right ? backend : undefined;
}

/**
 * Waits until the programs of the backend that is set have been checked, where it has any: from then on every call takes
 * the same way. A training that is to be repeated bit by bit begins with this, after `tf.ready()`.
 *
 * @example
 * await prepareBackend();
 */
export async function prepareBackend(): Promise<void> {
  const { backend } = engine();
  if (isWebgpuBackend(backend)) await verdictOn(backend).known;
}

function verdictOn(backend: WebgpuBackend): Verdict {
  const found = verdicts.get(backend);
  if (found) return found;
  const verdict: Verdict = {
    // Not now: somebody may be recording gradients.
    known: Promise.resolve()
      .then(() => engine().backend === backend && isRight(backend))
      .catch(() => false)
      .then((right) => {
        verdict.right = right;
      }),
    right: undefined,
  };
  verdicts.set(backend, verdict);
  return verdict;
}

const [ROWS, CLASSES] = [3, 70]; // more classes than threads
const z = Float32Array.from({ length: ROWS * CLASSES }, (_, i) => 4 * Math.sin(7 * i + 1));
const q = Float32Array.from({ length: ROWS * CLASSES }, (_, i) => (i % CLASSES < 2 ? 0.25 + 0.5 * (i % 2) : 0));
const prior = Float64Array.from({ length: CLASSES }, (_, k) => (2 * (k + 1)) / (CLASSES * (CLASSES + 1)));

/** Both ways to give labels and priors, so each program in each of its shapes. */
async function isRight(backend: WebgpuBackend): Promise<boolean> {
  for (const labels of [Int32Array.of(4, 69, 0), { data: q, shape: [ROWS, CLASSES] }]) {
    for (const options of [{ labelSmoothing: 0.1 }, { labelSmoothing: 0.3, prior }]) {
      if (!(await agrees(labels, options, backend))) return false;
    }
  }
  return true;
}

async function agrees(
  labels: TensorLike,
  options: { labelSmoothing: number; prior?: Float64Array },
  backend: WebgpuBackend,
): Promise<boolean> {
  const found = engine().tidy(() => {
    const { call, tensors } = readCall(labels, tensor2d(z, [ROWS, CLASSES]), options);
    const composition = compose(tensors, call);
    const statistics = statisticsOnGpu(composition.z, composition.targets, backend);
    return [composedLoss(composition, statistics), gradientOnGpu(ones([]), composition, statistics, backend)];
  });
  // Disposed of afterwards: a buffer that is gone reads as zeros.
  const [loss, gradient] = await Promise.all(found.map((tensor) => tensor.data()));
  for (const tensor of found) tensor.dispose();
  const given = { data: z, shape: [ROWS, CLASSES] };
  const expected = softmaxCrossEntropy(labels, given, { ...options, gradient: true });
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5;
  return (
    near(loss[0], expected.loss) && Array.from(gradient).every((each, i) => near(each, expected.gradLogits.data[i]))
  );
}
