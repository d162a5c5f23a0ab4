// What an ImageNet experiment takes, worked out from published figures; the numbers of docs/scale.md.
import { markdown } from "../bench/loss/tables.js";

/** ILSVRC 2012: images that train, and rows of predictions. */
export const imageNet = { trainRows: 1_281_167, testRows: 50_000, validationRows: 10_000, classes: 1000 };
/** Szegedy et al. 2016, §8. */
export const szegedy = { replicas: 50, batchSize: 32, epochs: 100 };
export const plan = { arms: 2, seeds: 6 };

/** Images per second of one GPU, as their sources have them. */
const published = {
  /** TensorFlow, Benchmarks (2017): one K80 on Google's cloud, batches of 32; one P100, synthetic data. */
  kepler: { inception: 29.3 },
  p100: { inception: 142, resnet50: 219 },
  /** NVIDIA, DeepLearningExamples, ResNet-50 v1.5 for PyTorch, mixed precision: one GPU of a DGX, and eight. */
  v100: { resnet50: 1200 },
  a100: { resnet50: 2470 },
  eightA100: { resnet50: 16_621 },
};

/** How much slower Inception-v3 is than ResNet-50 on one and the same GPU. */
export const inceptionShare = published.p100.inception / published.p100.resnet50;

const machines = [
  { name: "50 Kepler GPUs, as published", gpus: szegedy.replicas, rate: szegedy.replicas * published.kepler.inception },
  { name: "1 V100", gpus: 1, rate: inceptionShare * published.v100.resnet50 },
  { name: "1 A100", gpus: 1, rate: inceptionShare * published.a100.resnet50 },
  { name: "8 A100", gpus: 8, rate: inceptionShare * published.eightA100.resnet50 },
];

/** Hours of one run of 100 epochs, and GPU-hours of the experiment's runs. */
export function trainingTable() {
  const lines = machines.map(({ name, gpus, rate }) => {
    const hours = (imageNet.trainRows * szegedy.epochs) / rate / 3600;
    const runs = plan.arms * plan.seeds;
    return [name, `${Math.round(rate).toLocaleString("en")}`, hours.toFixed(1), whole(runs * hours * gpus)];
  });
  return markdown([["one run on", "images/s", "hours a run", "GPU-hours of 12 runs"], ...lines]);
}

/** Bytes of one trial's logits and labels in float32 and int32. */
export function predictionBytes() {
  const { testRows, validationRows, classes } = imageNet;
  return (testRows + validationRows) * (classes + 1) * 4;
}

/**
 * Half the width of the 95 % t interval of a difference over the plan's seeds, where either arm's values spread by `sd`:
 * t · sd · √(2/n).
 */
export function halfWidth(sd) {
  // The 97.5 % quantile of Student's t with 5 degrees of freedom.
  const t = 2.5706;
  return t * sd * Math.sqrt(2 / plan.seeds);
}

const whole = (value) => Math.round(value).toLocaleString("en");
