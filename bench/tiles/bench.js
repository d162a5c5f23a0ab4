// How far the second convolution of cleverhans' net is from float64, and its gradients: by tiles, and by matrix products
// over windows. No time is measured, so that every run gives the same numbers.
import { randomStream } from "../../packages/softlabel-cli/dist/data/random.js";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { conv2dShape } from "../../packages/softlabel-cli/dist/training/kernels/conv2d-shape.js";
import { shortConvolution } from "../../packages/softlabel-cli/dist/training/kernels/short-convolution.js";
import * as tiled from "../../packages/softlabel-cli/dist/training/kernels/tiled-convolution.js";
import * as windowed from "../../packages/softlabel-cli/dist/training/kernels/windowed-convolution.js";
import { startTensorFlow } from "../../packages/softlabel-cli/dist/training/start.js";
import { tf } from "../../packages/softlabel-cli/dist/training/tensorflow.js";

const [count, size, channels, taps, stride, filters] = [8, 14, 64, 6, 2, 128];
const outputs = (size - taps) / stride + 1;
const seed = 1;

export async function run() {
  await startTensorFlow();
  const given = drawn();
  const exact = inFloat64(given);
  const backend = tf.backend();
  const shapes = { x: [count, size, size, channels], w: [taps, taps, channels, filters] };
  const info = conv2dShape(shapes.x, shapes.w, { strides: stride, pad: "valid", dataFormat: "NHWC" });
  const [x, w] = ["x", "w"].map((name) => tf.tensor(given[name], shapes[name]));
  const dy = tf.tensor(given.dy, info.outShape);
  const errors = (y, dx, dw) =>
    Object.fromEntries(
      Object.entries({ y, dx, dw }).map(([name, result]) => [
        name,
        relativeError(backend.readSync(result.dataId), exact[name]),
      ]),
    );
  const results = {
    tiles: errors(
      tiled.tiledConvolution(backend, x, w, info),
      tiled.tiledInputGradient(backend, dy, w, info),
      tiled.tiledFilterGradient(backend, x, dy, info),
    ),
    windows: errors(
      windowed.windowedConvolution(backend, x, w, info),
      windowed.windowedInputGradient(backend, dy, w, info),
      windowed.windowedFilterGradient(backend, x, dy, info),
    ),
  };
  console.table(results);
  const points = shortConvolution(outputs).taps.length;
  const shape = { count, size, channels, taps, stride, filters, outputs };
  return {
    unit: "root mean square of the error / root mean square of the exact numbers",
    shape,
    // Multiplications for each channel and filter that all outputs of an image take.
    products: { tiles: points ** 2 * stride ** 2, windows: outputs ** 2 * taps ** 2 },
    points,
    seed,
    versions: versions(),
    results,
  };
}

/** Inputs as a ReLU leaves them, and half of the gradient zero, as one lets it through. */
function drawn() {
  const random = randomStream(seed, "tiles");
  const numbers = (length) => Float32Array.from({ length }, () => 2 * random() - 1);
  return {
    x: numbers(count * size * size * channels).map((value) => Math.max(value, 0)),
    w: numbers(taps * taps * channels * filters),
    dy: numbers(count * outputs * outputs * filters).map((value) => (random() < 0.5 ? value : 0)),
  };
}

/** The sums as they stand in the definition. */
function inFloat64({ x, w, dy }) {
  const [y, dx, dw] = [dy, x, w].map(({ length }) => new Float64Array(length));
  for (let window = 0; window < count * outputs * outputs; window++) {
    const [n, place] = [Math.floor(window / outputs ** 2), window % outputs ** 2];
    const [top, left] = [stride * Math.floor(place / outputs), stride * (place % outputs)];
    for (let tap = 0; tap < taps * taps; tap++) {
      const row = (n * size + top + Math.floor(tap / taps)) * size + left + (tap % taps);
      for (let c = 0; c < channels; c++) {
        const [pixel, weights] = [row * channels + c, (tap * channels + c) * filters];
        for (let k = 0; k < filters; k++) {
          const upstream = dy[window * filters + k];
          y[window * filters + k] += x[pixel] * w[weights + k];
          dw[weights + k] += x[pixel] * upstream;
          dx[pixel] += upstream * w[weights + k];
        }
      }
    }
  }
  return { y, dx, dw };
}

function relativeError(actual, exact) {
  const squares = (values) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(exact.map((value, i) => actual[i] - value)) / squares(exact));
}
