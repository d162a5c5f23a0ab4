/**
 * The ε halfway from the best one to each neighbour in the grid: none where there is no neighbour, or nothing between.
 *
 *     0.05, [0.1], 0.15  →  0.075, 0.125
 *
 * @param grid - ascending.
 * @param best - place of the best ε in it.
 */
export function refineGrid(grid: readonly number[], best: number): readonly number[] {
  return [grid[best - 1], grid[best + 1]]
    .filter((neighbour) => neighbour !== undefined)
    .map((neighbour) => halfway(grid[best], neighbour))
    .filter((epsilon) => !grid.includes(epsilon));
}

/** Without the dust of binary fractions: 0.075, not 0.07500000000000001. */
function halfway(a: number, b: number): number {
  return Number(((a + b) / 2).toPrecision(12));
}
