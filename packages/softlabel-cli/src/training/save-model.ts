import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { io, Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { logitsLayer, type Model } from "../models/parameters.ts";
import { layers as library, tf } from "./tensorflow.ts";

/** Writes `model.json` and `weights.bin` in TensorFlow.js' layers format: any TensorFlow.js loads them. */
export async function saveModel(folder: string, model: Model): Promise<void> {
  const layersModel = asLayersModel(model);
  try {
    await layersModel.save(fileHandler(folder));
  } finally {
    layersModel.dispose();
  }
}

/** The model as TensorFlow.js' own layers, which compute the same logits from the same images. */
export function asLayersModel(model: Model): LayersModel {
  const { height, width, channels, classes } = model.image;
  const { conv2d, dense, flatten, inputLayer, maxPooling2d } = library.layers;
  const sequential = library.sequential({ name: model.name });
  sequential.add(inputLayer({ inputShape: [height, width, channels], name: "pixels" }));
  const names = model.parameters.map(({ name }) => name.replace(/\/.*/, ""));
  let next = 0;
  const name = (): string => names[2 * next++];
  let isFlat = false;
  for (const layer of [...model.layers, logitsLayer(classes)]) {
    if (layer.kind === "dense") {
      if (!isFlat) sequential.add(flatten({ name: "flatten" }));
      isFlat = true;
      const isLast = 2 * next === names.length - 2;
      sequential.add(dense({ name: name(), units: layer.units, activation: isLast ? "linear" : "relu" }));
    } else if (layer.kind === "convolution") {
      const { filters, size, stride, padding } = layer;
      const window = { kernelSize: size, strides: stride, padding };
      sequential.add(conv2d({ name: name(), filters, ...window, activation: "relu" }));
    } else {
      sequential.add(maxPooling2d({ name: `max_pool_${next}`, poolSize: layer.size, strides: layer.size }));
    }
  }
  const tensors = model.parameters.map(({ values, shape }): Tensor => tf.tensor(values, [...shape], "float32"));
  sequential.setWeights(tensors);
  tf.dispose(tensors);
  return sequential;
}

function fileHandler(folder: string): io.IOHandler {
  return {
    async save({ modelTopology, weightSpecs = [], weightData = [] }) {
      const manifest = {
        format: "layers-model",
        generatedBy: `TensorFlow.js tfjs-layers v${library.version_layers}`,
        convertedBy: null,
        modelTopology,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
      };
      writeFileSync(join(folder, "weights.bin"), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
      writeFileSync(join(folder, "model.json"), `${JSON.stringify(manifest)}\n`);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  };
}
