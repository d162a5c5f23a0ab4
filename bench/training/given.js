// What every contender begins with: a model's first weights and one batch of MNIST.   node given.js MODEL FILE.npz
import { gatherPixels } from "../../packages/softlabel-cli/dist/data/batches.js";
import { loadDataset } from "../../packages/softlabel-cli/dist/data/dataset.js";
import { writeNpz } from "../../packages/softlabel-cli/dist/data/npz.js";
import { createModel } from "../../packages/softlabel-cli/dist/models/parameters.js";

const [name, path] = process.argv.slice(2);
const mnist = loadDataset(null);
const rows = Int32Array.from({ length: 128 }, (_, i) => i);
const { parameters } = createModel(name, mnist, 1);
writeNpz(path, {
  images: { data: gatherPixels(mnist, mnist.train, rows), shape: [128, 28, 28, 1] },
  labels: { data: mnist.train.labels.slice(0, 128), shape: [128] },
  ...Object.fromEntries(parameters.map(({ values, shape }, i) => [`parameter_${i}`, { data: values, shape }])),
});
