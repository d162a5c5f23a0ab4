import * as tf from "@tensorflow/tfjs-core";

/** A backend's bookkeeping of the data behind tensors. */
interface DataBackend {
  move(dataId: object, values: unknown, shape: number[], dtype: tf.DataType, refCount: number): void;
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
  disposeData(dataId: object, force?: boolean): boolean;
}

/**
 * The most bytes that the data of new tensors take at once while `f` runs. `tf.memory` counts data again for each tensor
 * that shares it.
 */
export function peakBytes(f: () => void): number {
  const backend = tf.engine().backend as unknown as DataBackend;
  const held = new Map<object, number>();
  let now = 0;
  let peak = 0;
  const hold = (dataId: object, shape: number[], dtype: tf.DataType): void => {
    if (held.has(dataId)) return;
    held.set(dataId, tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype));
    now += held.get(dataId) as number;
    peak = Math.max(peak, now);
  };
  const { move, write, disposeData } = backend;
  backend.move = (dataId, values, shape, dtype, refCount) => {
    move.call(backend, dataId, values, shape, dtype, refCount);
    hold(dataId, shape, dtype);
  };
  backend.write = (values, shape, dtype) => {
    const dataId = write.call(backend, values, shape, dtype);
    hold(dataId, shape, dtype);
    return dataId;
  };
  backend.disposeData = (dataId, force) => {
    const gone = disposeData.call(backend, dataId, force);
    if (gone) {
      now -= held.get(dataId) ?? 0;
      held.delete(dataId);
    }
    return gone;
  };
  try {
    f();
  } finally {
    Object.assign(backend, { move, write, disposeData });
  }
  return peak;
}
