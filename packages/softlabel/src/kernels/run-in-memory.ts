import type { Kernel, KernelCall } from "./kernel.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { memoryViews } from "./memory-views.ts";
import { scratchMemory } from "./scratch-memory.ts";

/** `softmaxCrossEntropy` of the WASM module; numbers are addresses, 0 for what is absent. */
export type RowsFunction = (
  logits: number,
  gradient: number,
  labels: number,
  labelSums: number,
  prior: number,
  hard: number,
  smooth: number,
  scales: number,
  crossEntropy: number,
  priorCrossEntropy: number,
  scratch: number,
  rows: number,
  classes: number,
) => void;

/**
 * Runs calls in the kernel's memory.
 *
 * Arrays that lie there are used where they are. Others are copied in and out, so many rows at a time that what is
 * copied stays in the cache, and that the memory does not grow with the number of rows.
 */
export function runner(memory: KernelMemory, rowsFunction: RowsFunction): Kernel["run"] {
  // From the start, in the first page: with logits and gradient in the memory no more is needed, and it does not grow.
  const reserveScratch = scratchMemory(memory, ROWS_AT_ONCE * BYTES_PER_ROW);
  const viewsNow = memoryViews(memory);

  return (call) => {
    const { rows, classes, logits, gradient, labels, labelSums, prior } = call;
    // Looked up first: the views of arrays that lie in the memory are empty once it has grown.
    const own = ownPlaces(call, memory.buffer);
    const most = own.all ? ROWS_AT_ONCE : Math.min(ROWS_AT_ONCE, Math.floor(CHUNK_BYTES / (4 * classes)));
    const chunk = Math.max(1, Math.min(rows, most));
    const layout = layoutOf(call, chunk, own);
    const base = reserveScratch(layout.bytes);
    const { floats, doubles, integers } = viewsNow();
    if (prior) floats.set(prior, (base + layout.prior) / 4);

    for (let row = 0; row < rows; row += chunk) {
      const end = Math.min(row + chunk, rows);
      const [from, to] = [row * classes, end * classes];
      /** Where these rows of an array are, which are copied unless they lie in the memory. */
      const placed = (array: Float32Array, address: number | undefined, at: number): number => {
        if (address !== undefined) return address + 4 * from;
        floats.set(part(array, from, to), (base + at) / 4);
        return base + at;
      };
      doubles.set(part(call.hard, row, end), (base + layout.hard) / 8);
      doubles.set(part(call.smooth, row, end), (base + layout.smooth) / 8);
      doubles.set(part(call.scale, row, end), (base + layout.scale) / 8);
      const distributions = labels instanceof Float32Array;
      if (!distributions) integers.set(part(labels, row, end), (base + layout.labels) / 4);
      if (labelSums) doubles.set(part(labelSums, row, end), (base + layout.labelSums) / 8);
      rowsFunction(
        placed(logits, own.logits, layout.logits),
        !gradient ? 0 : own.gradient !== undefined ? own.gradient + 4 * from : base + layout.gradient,
        distributions ? placed(labels, own.labels, layout.labels) : base + layout.labels,
        labelSums ? base + layout.labelSums : 0,
        prior ? base + layout.prior : 0,
        base + layout.hard,
        base + layout.smooth,
        base + layout.scale,
        base + layout.crossEntropy,
        base + layout.priorCrossEntropy,
        base + layout.exponentials,
        end - row,
        classes,
      );
      if (gradient && own.gradient === undefined) {
        const at = (base + layout.gradient) / 4;
        gradient.set(floats.subarray(at, at + to - from), from);
      }
      const [hq, hu] = [(base + layout.crossEntropy) / 8, (base + layout.priorCrossEntropy) / 8];
      for (let i = row; i < end; i++) {
        call.crossEntropy[i] = doubles[hq + i - row];
        call.priorCrossEntropy[i] = doubles[hu + i - row];
      }
    }
  };
}

/** Logits and gradient of so many bytes each fit into the cache together with what else a row needs. */
const CHUNK_BYTES = 2 ** 17;

/** One of each of the call's numbers per row: five of float64, and a sixth or a label. */
const BYTES_PER_ROW = 6 * 8;
const ROWS_AT_ONCE = 1024;

/** The room before and after a row of exponentials that the kernel asks for. */
const MARGIN = 16;

/** Addresses of the arrays that lie in the kernel's memory already. */
interface OwnPlaces {
  readonly logits: number | undefined;
  readonly gradient: number | undefined;
  readonly labels: number | undefined;
  /** Whether nothing of the logits' size is copied. */
  readonly all: boolean;
}

function ownPlaces({ logits, gradient, labels }: KernelCall, buffer: ArrayBuffer): OwnPlaces {
  const addressOf = (array: Float32Array): number | undefined =>
    array.buffer === buffer ? array.byteOffset : undefined;
  const distributions = labels instanceof Float32Array ? labels : undefined;
  const large = [logits, gradient, distributions].filter((array) => array !== undefined);
  return {
    logits: addressOf(logits),
    gradient: gradient && addressOf(gradient),
    labels: distributions && addressOf(distributions),
    all: large.every((array) => array.buffer === buffer),
  };
}

/** Offsets of the arrays of one chunk in scratch memory, those of float64 first. */
function layoutOf({ classes, gradient, labels, labelSums, prior }: KernelCall, chunk: number, own: OwnPlaces) {
  let bytes = 0;
  const take = (size: number): number => {
    const at = bytes;
    bytes += Math.ceil(size / 16) * 16;
    return at;
  };
  const apart = gradient !== undefined && (own.gradient === undefined || own.gradient !== own.logits);
  const takeRows = (address: number | undefined): number => (address === undefined ? take(4 * chunk * classes) : 0);
  return {
    hard: take(8 * chunk),
    smooth: take(8 * chunk),
    scale: take(8 * chunk),
    crossEntropy: take(8 * chunk),
    priorCrossEntropy: take(8 * chunk),
    labelSums: labelSums ? take(8 * chunk) : 0,
    // Elsewhere they are written where the gradient will be.
    exponentials: apart && classes >= 4 ? 0 : take(4 * classes + 2 * MARGIN) + MARGIN,
    prior: prior ? take(4 * classes) : 0,
    labels: labels instanceof Float32Array ? takeRows(own.labels) : take(4 * chunk),
    logits: takeRows(own.logits),
    gradient: gradient ? takeRows(own.gradient) : 0,
    bytes,
  };
}

/** Elements `from` to `to`; the array itself where these are all, since a view costs more than a few rows do. */
function part<Values extends Float32Array | Float64Array | Int32Array>(
  array: Values,
  from: number,
  to: number,
): Values {
  return from === 0 && to === array.length ? array : (array.subarray(from, to) as Values);
}
