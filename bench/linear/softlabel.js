import { linearSoftmaxCrossEntropy } from "../../packages/softlabel/dist/kernels/linear/index.js";
import { answer } from "./answer.js";
import { labelSmoothing, readProblem, samplesOf } from "./given.js";

const given = readProblem(process.argv[2]);
const { rows, width, classes, labels } = given;
const features = { data: given.features, shape: [rows, width] };
const weight = { data: given.weight, shape: [classes, width] };
const options = { labelSmoothing, gradient: true };
let last;
await answer({
  run() {
    last = undefined;
    last = linearSoftmaxCrossEntropy(labels, features, weight, options);
  },
  samples: () => samplesOf(given, last.loss, last.gradFeatures.data, last.gradWeight.data),
  outputBytes: 4 * (rows * width + classes * width),
});
