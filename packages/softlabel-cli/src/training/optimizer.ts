import type { TrainingConfig } from "./run.ts";

/** Moves parameters against their gradients; all that it remembers is open, so that a run can be taken up again. */
export interface Optimizer {
  /** Steps done. */
  steps: number;
  /** Running means, parameter by parameter; float32. */
  readonly state: readonly Float32Array[];
  /** Changes `parameters` in place. */
  step(parameters: readonly Float32Array[], gradients: readonly Float32Array[]): void;
}

/**
 * The optimizer of a name, for parameters of these sizes.
 *
 * - `sgd`: w ← w − η·g
 * - `momentum`: v ← 0.9·v + g, w ← w − η·v (Polyak 1964, as PyTorch has it)
 * - `adam`: Kingma and Ba 2015, Algorithm 1, with β₁ = 0.9, β₂ = 0.999, ϵ = 1e-8
 */
export function createOptimizer(
  name: TrainingConfig["optimizer"],
  learningRate: number,
  sizes: readonly number[],
): Optimizer {
  switch (name) {
    case "sgd":
      return sgd(learningRate);
    case "momentum":
      return momentum(learningRate, sizes);
    case "adam":
      return adam(learningRate, sizes);
  }
}

function sgd(learningRate: number): Optimizer {
  return {
    steps: 0,
    state: [],
    step(parameters, gradients) {
      this.steps++;
      for (const [p, w] of parameters.entries()) {
        const g = gradients[p];
        for (let i = 0; i < w.length; i++) w[i] -= learningRate * g[i];
      }
    },
  };
}

function momentum(learningRate: number, sizes: readonly number[]): Optimizer {
  const decay = 0.9;
  const velocities = sizes.map((size) => new Float32Array(size));
  return {
    steps: 0,
    state: velocities,
    step(parameters, gradients) {
      this.steps++;
      for (const [p, w] of parameters.entries()) {
        const [g, v] = [gradients[p], velocities[p]];
        for (let i = 0; i < w.length; i++) {
          v[i] = decay * v[i] + g[i];
          w[i] -= learningRate * v[i];
        }
      }
    },
  };
}

function adam(learningRate: number, sizes: readonly number[]): Optimizer {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  const means = sizes.map((size) => new Float32Array(size));
  const squares = sizes.map((size) => new Float32Array(size));
  return {
    steps: 0,
    state: [...means, ...squares],
    step(parameters, gradients) {
      this.steps++;
      // Algorithm 1 with both bias corrections taken out of the loop.
      const root = Math.sqrt(1 - beta2 ** this.steps);
      const rate = (learningRate * root) / (1 - beta1 ** this.steps);
      const floor = epsilon * root;
      for (const [p, w] of parameters.entries()) adamStep(w, gradients[p], means[p], squares[p], rate, floor);
    },
  };

  function adamStep(
    w: Float32Array,
    g: Float32Array,
    m: Float32Array,
    v: Float32Array,
    rate: number,
    floor: number,
  ): void {
    for (let i = 0; i < w.length; i++) {
      const mean = beta1 * m[i] + (1 - beta1) * g[i];
      const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      m[i] = mean;
      v[i] = square;
      w[i] -= (rate * mean) / (Math.sqrt(square) + floor);
    }
  }
}
