/**
 * Options that reproduce another library's loss, its quirks included: spread one and add your own ε.
 *
 *     softmaxCrossEntropy(labels, logits, { ...presets.pytorch, labelSmoothing: 0.1 })
 *
 * Reproduced is the mathematics of the loss in float64, not float32 overflow or an ε out of range that passes in
 * silence. `gradLogits` is always the derivative of the loss as returned. docs/conventions.md has the table.
 */
export const presets = {
  /**
   * `torch.nn.CrossEntropyLoss`: classes on axis 1 (for one row of rank 1 pass `axis: 0`); class weights multiply each
   * class's share of q′; the mean divides by Σ weight[label] for indices, by N for probabilities; NaN if every row is
   * ignored.
   *
   * @see pytorch aten/src/ATen/native/LossNLL.cpp, cross_entropy_loss_label_smoothing, cross_entropy_loss_prob_target
   */
  pytorch: { classWeighting: "pytorch", ignoreIndex: -100, emptyMean: Number.NaN as number, axis: 1 },

  /**
   * `keras.losses.CategoricalCrossentropy(from_logits=True)` and, for `sigmoidCrossEntropy`, `BinaryCrossentropy`:
   * sample weights multiply, the mean divides by the number of rows whatever they weigh.
   *
   * @see keras/src/losses/losses.py, keras/src/losses/loss.py reduce_weighted_values ("sum_over_batch_size")
   */
  keras: { meanOver: "rows" },

  /**
   * `tf.compat.v1.losses.softmax_cross_entropy`: divides by the number of non-zero weights; K in ε/K is shape[1]
   * whatever the rank.
   *
   * @see tensorflow/python/ops/losses/losses_impl.py softmax_cross_entropy; tensorflow issue 39329
   */
  tensorflow: { reduction: "sum-by-nonzero-weights", uniformAxis: 1 },

  /**
   * `tf.compat.v1.losses.sigmoid_cross_entropy`, for `sigmoidCrossEntropy`.
   *
   * @see tensorflow/python/ops/losses/losses_impl.py sigmoid_cross_entropy
   */
  tensorflowSigmoid: { reduction: "sum-by-nonzero-weights" },

  /**
   * `tf.losses.softmaxCrossEntropy` of TensorFlow.js: as TensorFlow 1, but NaN where TensorFlow gives 0, when every
   * weight is 0.
   *
   * @see tfjs-core/src/ops/losses/softmax_cross_entropy.ts, compute_weighted_loss.ts
   */
  tfjs: { reduction: "sum-by-nonzero-weights", uniformAxis: 1, emptyMean: Number.NaN as number },

  /**
   * `tf.losses.sigmoidCrossEntropy` of TensorFlow.js, for `sigmoidCrossEntropy`; NaN when every weight is 0.
   *
   * @see tfjs-core/src/ops/losses/sigmoid_cross_entropy.ts, compute_weighted_loss.ts
   */
  tfjsSigmoid: { reduction: "sum-by-nonzero-weights", emptyMean: Number.NaN as number },

  /**
   * `LabelSmoother` of Hugging Face's Trainer: mean over the rows that are not −100, NaN if there is none.
   *
   * @see transformers/trainer_pt_utils.py LabelSmoother
   */
  huggingface: { ignoreIndex: -100, emptyMean: Number.NaN as number },

  /**
   * `mlx.nn.losses.cross_entropy`: one loss per row by default; its "mean" divides by the number of rows.
   *
   * @see mlx python/mlx/nn/losses.py cross_entropy, _reduce
   */
  mlx: { reduction: "none", meanOver: "rows" },

  /**
   * `LabelSmoothingCrossEntropy` and `SoftTargetCrossEntropy` of timm.
   *
   * @see timm/loss/cross_entropy.py
   */
  timm: { reduction: "mean" },

  /**
   * `label_smoothed_nll_loss` of fairseq: summed over the rows; `ignoreIndex` is the dictionary's padding.
   *
   * @see fairseq/criterions/label_smoothed_cross_entropy.py
   */
  fairseq: { convention: "other-classes", reduction: "sum" },

  /**
   * The annotated transformer's `LabelSmoothing`: KL(q′ ‖ p) summed, padding is class 0, which gets no mass.
   *
   * @see harvardnlp/annotated-transformer, the_annotated_transformer.py LabelSmoothing
   */
  annotatedTransformer: { convention: "other-classes", paddingIndex: 0, subtractFloor: true, reduction: "sum" },

  /**
   * OpenNMT-py's own `LabelSmoothingLoss` (before it took PyTorch's): KL(q′ ‖ p) summed, padding is class 1.
   *
   * @see OpenNMT-py 2, onmt/utils/loss.py LabelSmoothingLoss
   */
  opennmt: { convention: "other-classes", paddingIndex: 1, subtractFloor: true, reduction: "sum" },

  /**
   * `smoothing_cross_entropy` of tensor2tensor: minus the floor, so KL(q′ ‖ p); padding weights are the caller's.
   *
   * @see tensor2tensor/layers/common_layers.py smoothing_cross_entropy
   */
  tensor2tensor: { convention: "other-classes", subtractFloor: true },

  /**
   * `compute_weighted_cross_entropy` of t5x without z-loss: KL(q′ ‖ p) summed over the weighted rows.
   *
   * @see t5x/losses.py compute_weighted_cross_entropy
   */
  t5x: { convention: "other-classes", subtractFloor: true, reduction: "sum" },

  /**
   * `vocab_parallel_cross_entropy` of Megatron-LM on one shard: one loss per token.
   *
   * @see Megatron-LM megatron/core/tensor_parallel/cross_entropy.py
   */
  megatron: { convention: "other-classes", reduction: "none" },

  /**
   * `LabelSmoothingCrossEntropyLoss` of ClassyVision and mmpretrain's mode "classy_vision". ClassyVision's own
   * ignore_index pulls ignored rows toward u; here it is not reproduced.
   *
   * @see classy_vision/losses/label_smoothing_loss.py
   */
  classyVision: { convention: "classy-vision" },

  /**
   * mmpretrain's `LabelSmoothLoss(mode="multi_label")`, for `sigmoidCrossEntropy`: 1 − ε where the label is on, ε
   * where it is off.
   *
   * @see mmpretrain/models/losses/label_smooth_loss.py multilabel_smooth_label
   */
  mmpretrainMultiLabel: { convention: "full" },

  /**
   * The clip of cleverhans' eager tutorial, y.clip(ε/(K − 1), 1 − ε), of one-hot or index labels.
   *
   * @see cleverhans 3.1.0 cleverhans_tutorials/mnist_tutorial_tfe.py
   */
  cleverhans: { convention: "other-classes" },
} as const;
