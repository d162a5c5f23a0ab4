import { fromHexadecimal } from "../../core/from-hexadecimal.ts";
import { type WebAssemblyMemory, webAssembly } from "../../core/web-assembly.ts";
import { expTable } from "../exp-negative.ts";
import { simd } from "./generated.ts";

/** What assembly/calibration exports: every argument is an address, a count, a flag (0 or 1) or a number. */
export interface RowKernel {
  readonly memory: WebAssemblyMemory;
  readonly scoreRows: (
    logits: number,
    wide: number,
    scratch: number,
    labels: number,
    records: number,
    rows: number,
    classes: number,
    sums: number,
    first: number,
    places: number,
    shares: number,
  ) => number;
  readonly extremesOfRows: (
    logits: number,
    wide: number,
    extremes: number,
    rows: number,
    classes: number,
    sign: number,
  ) => number;
  readonly momentsOfRows: (
    logits: number,
    wide: number,
    largest: number,
    moments: number,
    rows: number,
    classes: number,
    sign: number,
    rate: number,
    inverse: number,
  ) => void;
}

/** Where the table of constants lies. */
const table = 16;
/** From here on memory is free. */
export const firstFree = 1024;

let kernel: RowKernel | null | undefined;

/**
 * The passes over logits in WebAssembly, or null where this engine has none: without WebAssembly or its SIMD, or where
 * a page's content security policy forbids to compile it. The module is compiled at the first call.
 */
export function rowKernel(): RowKernel | null {
  if (kernel === undefined) kernel = instantiate();
  return kernel;
}

function instantiate(): RowKernel | null {
  const engine = webAssembly();
  const bytes = fromHexadecimal(simd);
  if (!engine?.validate(bytes)) return null;
  try {
    const { exports } = new engine.Instance(new engine.Module(bytes), {});
    const created = exports as unknown as RowKernel;
    const numbers = expTable();
    new Float64Array(created.memory.buffer, table, numbers.length).set(numbers);
    return created;
  } catch {
    return null;
  }
}
