import { serialization, squeeze, type Tensor } from "@tensorflow/tfjs-core";
import type { LayersLoss } from "./layers-loss.ts";

/** Class indices as `model.fit` passes them, with 1 for the class axis, or without that axis already. */
export function withoutClassAxis(yTrue: Tensor, yPred: Tensor, axis: number): Tensor {
  return yTrue.rank === yPred.rank && yTrue.shape[axis] === 1 ? squeeze(yTrue, [axis]) : yTrue;
}

/**
 * Lets models that are compiled with `loss` take class indices as labels.
 *
 * tfjs-layers asks labels to have the predictions' shape, except for its own `sparseCategoricalCrossentropy`, which it
 * knows by identity; so such a model is compiled with that one, and then given `loss` in its place. The class comes
 * from tfjs-core's register, so that tfjs-layers stays optional: where it is not loaded, nothing is to be done.
 */
export function takesClassIndices(loss: LayersLoss, axis = -1): LayersLoss {
  axes.set(loss, axis);
  const LayersModel = serialization.SerializationMap.getMap().classNameMap.Model?.[0];
  if (LayersModel !== undefined) teach(LayersModel.prototype as unknown as LayersModel);
  return loss;
}

/** The class axis of each loss that takes class indices. */
const axes = new WeakMap<LayersLoss, number>();
const taught = new WeakSet<LayersModel>();

type Loss = string | LayersLoss;
type Losses = Loss | readonly Loss[] | Readonly<Record<string, Loss>>;

/** What a compilation leaves in a model, as far as it depends on the loss. tfjs-layers' types hide some of it. */
interface LayersModel {
  compile(args: { readonly loss: Losses }): void;
  readonly outputNames: readonly string[];
  loss: Losses;
  /** By output: what trains and evaluates, what the labels are checked for, and the shape that they must have. */
  readonly lossFunctions: Loss[];
  readonly feedLossFns: Loss[];
  readonly feedOutputShapes: (readonly (number | null)[])[];
  /** Function and output; with several outputs their losses come first. */
  readonly metricsTensors: [Loss, number][];
}

function teach(prototype: LayersModel): void {
  if (taught.has(prototype)) return;
  taught.add(prototype);
  const { compile } = prototype;
  prototype.compile = function (this: LayersModel, args) {
    compile.call(this, { ...args, loss: standIns(args.loss) });
    this.loss = args.loss;
    for (const [output, name] of this.outputNames.entries()) {
      const loss = lossOf(args.loss, output, name);
      const axis = axisOf(loss);
      if (axis === undefined) continue;
      this.lossFunctions[output] = loss;
      this.feedLossFns[output] = loss;
      this.feedOutputShapes[output] = this.feedOutputShapes[output].with(axis, 1);
      if (this.outputNames.length > 1) this.metricsTensors[output][0] = loss;
    }
  };
}

/** With tfjs-layers' own loss, by its name, in place of each that takes class indices. */
function standIns(losses: Losses): Losses {
  const standIn = (loss: Loss): Loss => (axisOf(loss) === undefined ? loss : "sparseCategoricalCrossentropy");
  if (isOne(losses)) return standIn(losses);
  if (isList(losses)) return losses.map(standIn);
  return Object.fromEntries(Object.entries(losses).map(([name, loss]) => [name, standIn(loss)]));
}

function lossOf(losses: Losses, output: number, name: string): Loss {
  if (isOne(losses)) return losses;
  return isList(losses) ? losses[output] : losses[name];
}

const axisOf = (loss: Loss): number | undefined => (typeof loss === "function" ? axes.get(loss) : undefined);

const isOne = (losses: Losses): losses is Loss => typeof losses === "string" || typeof losses === "function";
const isList = (losses: Losses): losses is readonly Loss[] => Array.isArray(losses);
