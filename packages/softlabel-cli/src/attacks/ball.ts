import type { Random } from "../data/random.ts";
import type { Norm } from "./attack-config.ts";

/** The least and the greatest value that an input may have. */
export type Box = readonly [low: number, high: number];

/** Where an adversarial input may lie: no further than ε from its clean input, and in the box. */
export interface Region {
  readonly norm: Norm;
  readonly epsilon: number;
  /** `null` bounds nothing. */
  readonly box: Box | null;
}

/**
 * Moves one row along its gradient, then back into the region, in place:
 *
 *     inf:  z ← box(ball(z + step·sign g))          2:  z ← box(ball(z + step·g/‖g‖))
 *
 * Each is the step of this length along which a linear loss rises most. The projection is onto the ball first, then
 * onto the box. The clean input lies in both, so clipping to the box moves every coordinate towards it, and the result
 * is still in the ball. Where g is 0 nothing moves.
 *
 * What is stored are float32 numbers rounded towards the clean input x, so that the bound holds as float64 reads them:
 * |zᵢ − xᵢ| ≤ ε, and ‖z − x‖ ≤ ε where the squares are summed in float64. The ball so loses at most one float32 step
 * of each coordinate, 6e-8 in [0, 1].
 * @param point - z; [inputSize].
 * @param gradient - g, finite; [inputSize].
 * @param centre - x, in the box; [inputSize].
 * @param step - below 0 descends.
 */
export function ascend(
  point: Float32Array,
  gradient: Float32Array,
  centre: Float32Array,
  { norm, epsilon, box }: Region,
  step: number,
): void {
  const [low, high] = float32Within(box);
  if (norm === "inf") {
    for (let i = 0; i < point.length; i++) {
      if (gradient[i] === 0) continue;
      const moved = nearest(point[i] + step * Math.sign(gradient[i]), centre[i], epsilon);
      point[i] = Math.min(Math.max(moved, low), high);
    }
    return;
  }
  const length = euclidean(gradient);
  if (length === 0) return;
  const scale = step / length;
  let squares = 0;
  for (let i = 0; i < point.length; i++) squares += (point[i] + scale * gradient[i] - centre[i]) ** 2;
  const shrink = ontoSphere(Math.sqrt(squares), epsilon, point.length);
  for (let i = 0; i < point.length; i++) {
    const moved = towards(centre[i], shrink * (point[i] + scale * gradient[i] - centre[i]));
    point[i] = Math.min(Math.max(moved, low), high);
  }
}

/**
 * Places one row anywhere in the ball with equal chance, then clips it to the box; bounds as in {@link ascend}.
 *
 * inf: every coordinate uniform in [x − ε, x + ε]. 2: a direction of normal numbers, and a length ε·u^(1/d).
 * @param point - is overwritten; [inputSize].
 */
export function placeAtRandom(
  point: Float32Array,
  centre: Float32Array,
  { norm, epsilon, box }: Region,
  random: Random,
): void {
  const [low, high] = float32Within(box);
  const size = point.length;
  const offsets = Float64Array.from({ length: size }, () => (norm === "inf" ? 2 * random() - 1 : normal(random)));
  let scale = epsilon;
  if (norm === 2) {
    const distance = euclidean(offsets);
    scale = distance > 0 ? ontoSphere(distance, epsilon * random() ** (1 / size), size) : 0;
  }
  for (let i = 0; i < size; i++) {
    point[i] = Math.min(Math.max(towards(centre[i], scale * offsets[i]), low), high);
  }
}

/** What brings a distance to the radius, or 1 where it is within: less by what summing the squares may round away. */
function ontoSphere(distance: number, radius: number, size: number): number {
  return distance > radius ? (radius / distance) * (1 - (size + 2) * Number.EPSILON) : 1;
}

function euclidean(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] ** 2;
  return Math.sqrt(squares);
}

/** A normal number (Box and Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The float32 number nearest to `value` among those within `radius` of `centre`. */
function nearest(value: number, centre: number, radius: number): number {
  const rounded = Math.fround(value);
  if (Math.abs(rounded - centre) <= radius) return rounded;
  return towards(centre, rounded > centre ? radius : -radius);
}

/** The float32 number nearest to centre + offset among those that lie no further from the centre than the offset. */
function towards(centre: number, offset: number): number {
  let end = Math.fround(centre + offset);
  while (Math.abs(end - centre) > Math.abs(offset)) end = neighbour(end, centre);
  return end;
}

/** The float32 numbers that lie in the box, from the least to the greatest. */
function float32Within(box: Box | null): Box {
  if (box === null) return [-Infinity, Infinity];
  const [low, high] = [Math.fround(box[0]), Math.fround(box[1])];
  return [low < box[0] ? neighbour(low, Infinity) : low, high > box[1] ? neighbour(high, -Infinity) : high];
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 number next to `value` in the direction of `target`. */
function neighbour(value: number, target: number): number {
  // Numbers of one sign are ordered as their bits are; below and above 0 lie the smallest of each sign.
  if (value === 0) return target > 0 ? 2 ** -149 : -(2 ** -149);
  float[0] = value;
  bits[0] += target > value === value > 0 ? 1 : -1;
  return float[0];
}
