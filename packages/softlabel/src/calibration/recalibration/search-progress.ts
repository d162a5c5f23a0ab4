/** What a search says of itself while it goes on. */
export interface Iteration {
  /** Steps taken. */
  readonly iteration: number;
  /** Mean negative log-likelihood with the regularisation, in nats per row. */
  readonly objective: number;
  /** What has to come down to the tolerance. */
  readonly gradientNorm: number;
}

/** Who follows a search. */
export interface FollowOptions {
  /** Called before each step and at the end; returning false ends the search there, `converged` false. */
  readonly onIteration?: ((state: Iteration) => unknown) | undefined;
}
