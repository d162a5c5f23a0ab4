import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, compiled } from "./compiled.ts";
import { free, view } from "./heap.ts";
import type { Matrix } from "./short-convolution.ts";

/**
 * A tensor [count, height, width, channels] seen as stride × stride phases of pixels, with the maps that take the places
 * of a phase along each axis to points. Its points are a tensor [P · Q, count, stride · stride · channels].
 */
export interface Grid {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly stride: number;
  /** [P, places] of the rows and [Q, places] of the columns; pixels beyond stride · places are left out. */
  readonly rowMap: Matrix;
  readonly columnMap: Matrix;
}

/** Numbers of one entry of the tensor at one point. */
export function depthOf({ channels, stride }: Grid): number {
  return stride * stride * channels;
}

/** points[p, q] = Σ rowMap[p, i] · columnMap[q, j] · tensor[i, j], phase by phase. */
export function toPoints(backend: BackendWasm, grid: Grid, tensor: TensorInfo): TensorInfo {
  const { rowMap, columnMap, count, stride } = grid;
  const points = backend.makeOutput([rowMap.length * columnMap.length, count, depthOf(grid)], "float32");
  const half = makeHalf(backend, grid);
  const [byRows, byColumns] = [upload(backend, rowMap), upload(backend, columnMap)];
  const places = placesOf(grid, ...addresses(backend, tensor, half, points));
  for (let n = 0; n < count; n++) {
    apply(backend, byColumns, places.pixels(n), places.halfByColumns, places.run, places.rows);
    for (let a = 0; a < stride; a++) {
      apply(backend, byRows, places.halfByRows(a), places.points(n, a), places.run, columnMap.length);
    }
  }
  free(backend, half, byRows.data, byColumns.data);
  return points;
}

/** The transpose of {@link toPoints}: tensor[i, j] = Σ rowMap[p, i] · columnMap[q, j] · points[p, q] over p and q. */
export function fromPoints(backend: BackendWasm, grid: Grid, points: TensorInfo, tensor: TensorInfo): void {
  const { rowMap, columnMap, count, stride } = grid;
  const half = makeHalf(backend, grid);
  const [byRows, byColumns] = [upload(backend, transpose(rowMap)), upload(backend, transpose(columnMap))];
  const places = placesOf(grid, ...addresses(backend, tensor, half, points));
  for (let n = 0; n < count; n++) {
    for (let a = 0; a < stride; a++) {
      apply(backend, byRows, places.points(n, a), places.halfByRows(a), places.run, columnMap.length);
    }
    apply(backend, byColumns, places.halfByColumns, places.pixels(n), places.run, places.rows);
  }
  free(backend, half, byRows.data, byColumns.data);
}

/** Where the numbers of one place of an axis begin, and how many bytes on those of the next place and the next repeat. */
interface Side {
  readonly at: number;
  readonly step: number;
  readonly repeat: number;
}

interface Places {
  /** Bytes of one pixel of all phases of a row: what is mapped alike. */
  readonly run: number;
  /** Rows of pixels that the maps reach. */
  readonly rows: number;
  readonly pixels: (n: number) => Side;
  readonly halfByColumns: Side;
  readonly halfByRows: (phase: number) => Side;
  readonly points: (n: number, phase: number) => Side;
}

/** Between the two maps one entry of the tensor is [rows, Q, stride · channels]. */
function placesOf(grid: Grid, tensor: number, half: number, points: number): Places {
  const { count, height, width, channels, stride, rowMap, columnMap } = grid;
  const rowBytes = 4 * width * channels;
  const run = 4 * stride * channels;
  const halfRow = columnMap.length * run;
  const pointBytes = 4 * count * depthOf(grid);
  return {
    run,
    rows: stride * rowMap[0].length,
    pixels: (n) => ({ at: tensor + n * height * rowBytes, step: run, repeat: rowBytes }),
    halfByColumns: { at: half, step: run, repeat: halfRow },
    halfByRows: (phase) => ({ at: half + phase * halfRow, step: stride * halfRow, repeat: run }),
    points: (n, phase) => ({
      at: points + 4 * n * depthOf(grid) + phase * run,
      step: columnMap.length * pointBytes,
      repeat: pointBytes,
    }),
  };
}

function makeHalf(backend: BackendWasm, { rowMap, columnMap, channels, stride }: Grid): TensorInfo {
  return backend.makeOutput([stride * rowMap[0].length, columnMap.length, stride * channels], "float32");
}

interface Uploaded {
  readonly data: TensorInfo;
  readonly outs: number;
  readonly ins: number;
}

function upload(backend: BackendWasm, matrix: Matrix): Uploaded {
  const data = backend.makeOutput([matrix.length, matrix[0].length], "float32");
  view(backend, data).set(matrix.flat());
  return { data, outs: matrix.length, ins: matrix[0].length };
}

function apply(
  backend: BackendWasm,
  { data, outs, ins }: Uploaded,
  from: Side,
  to: Side,
  run: number,
  repeats: number,
): void {
  compiled(backend).linearMap(
    addressOf(backend, data),
    outs,
    ins,
    from.at,
    from.step,
    from.repeat,
    to.at,
    to.step,
    to.repeat,
    run,
    repeats,
  );
}

function addresses(backend: BackendWasm, ...tensors: [TensorInfo, TensorInfo, TensorInfo]): [number, number, number] {
  const [a, b, c] = tensors.map((tensor) => addressOf(backend, tensor));
  return [a, b, c];
}

function transpose(matrix: Matrix): Matrix {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}
