// A training step's part of the loss, forward and gradient, from logits and labels that lie in the backend.

/**
 * @param {typeof import("@tensorflow/tfjs-core")} tf
 * @param {typeof import("softlabel/tfjs").softmaxCrossEntropy} softmaxCrossEntropy
 */
export function contendersOf(tf, softmaxCrossEntropy, labelSmoothing) {
  const losses = {
    softlabel: (labels, z) => softmaxCrossEntropy(labels, z, { labelSmoothing }),
    // As it is used: index labels are made one-hot in each step, since the loss takes no others.
    tfjs: (labels, z) => {
      const onehot = tf.cast(tf.oneHot(labels, z.shape[1]), "float32");
      return tf.losses.softmaxCrossEntropy(onehot, z, undefined, labelSmoothing);
    },
  };
  return Object.fromEntries(
    Object.entries(losses).map(([name, loss]) => [
      name,
      (labels, z) => tf.tidy(() => tf.valueAndGrad((logits) => loss(labels, logits))(z)),
    ]),
  );
}
