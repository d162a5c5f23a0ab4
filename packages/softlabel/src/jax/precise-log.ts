import { lax, numpy as np } from "@jax-js/jax";

/**
 * log x to float32's precision.
 *
 * On WebAssembly jax-js' logarithm is off by up to 1.3e-5, its exponential by a tenth of that: one Newton step of
 * exp L = x from L = log x leaves the exponential's error. The step is a constant to gradients, which are those of
 * log x as they stand.
 *
 * @param x - > 0; consumed.
 */
export function preciseLog(x: np.Array): np.Array {
  const log = np.log(x.ref);
  return log.ref.add(newtonStep(x, log));
}

/** log(1 + x) in the same way. @param x - In [0, 1]; consumed. */
export function preciseLog1p(x: np.Array): np.Array {
  const log = np.log1p(x.ref);
  // Below, jax-js takes a series, which is exact where 1 + x rounds.
  const far = x.ref.greater(0.2);
  return log.ref.add(np.where(far, newtonStep(x.add(1), log), 0));
}

/** x·exp(−L) − 1, which is the distance from L to log x but for its square. @param x - Consumed, as is `log`. */
function newtonStep(x: np.Array, log: np.Array): np.Array {
  const expOfMinusLog = np.exp(lax.stopGradient(log).neg());
  return lax.stopGradient(x).mul(expOfMinusLog).sub(1);
}
