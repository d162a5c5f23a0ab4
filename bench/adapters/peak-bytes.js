// The most bytes that the data of new tensors take at once while `f` runs, the result's among them. `tf.memory` counts
// data once more for each tensor that shares it, which would count neither contender rightly.

/** @param {typeof import("@tensorflow/tfjs-core")} tf */
export function peakBytes(tf, f) {
  const { backend } = tf.engine();
  const held = new Map();
  let now = 0;
  let peak = 0;
  const hold = (dataId, shape, dtype) => {
    if (held.has(dataId)) return;
    const bytes = tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
    held.set(dataId, bytes);
    now += bytes;
    peak = Math.max(peak, now);
  };
  const { move, write, makeOutput, makeTensorInfo, disposeData } = backend;
  backend.move = (dataId, values, shape, dtype, references) => {
    move.call(backend, dataId, values, shape, dtype, references);
    hold(dataId, shape, dtype);
  };
  backend.write = (values, shape, dtype) => {
    const dataId = write.call(backend, values, shape, dtype);
    hold(dataId, shape, dtype);
    return dataId;
  };
  const making = (make) =>
    make &&
    ((...words) => {
      const info = make.apply(backend, words);
      hold(info.dataId, info.shape, info.dtype);
      return info;
    });
  if (makeOutput) backend.makeOutput = making(makeOutput);
  if (makeTensorInfo) backend.makeTensorInfo = making(makeTensorInfo);
  backend.disposeData = (dataId, force) => {
    const gone = disposeData.call(backend, dataId, force);
    if (gone && held.has(dataId)) {
      now -= held.get(dataId);
      held.delete(dataId);
    }
    return gone;
  };
  try {
    f();
  } finally {
    for (const name of ["move", "write", "makeOutput", "makeTensorInfo", "disposeData"]) delete backend[name];
  }
  return peak;
}
