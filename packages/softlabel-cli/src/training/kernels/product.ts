import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { compiled } from "./compiled.ts";

/** A matrix of float32 in the heap. */
export interface Operand {
  readonly address: number;
  /** Bytes from a row to the next, and from a column to the next. */
  readonly rowStep: number;
  readonly columnStep: number;
}

/** [rows, columns] one row after the other. */
export function matrixAt(address: number, columns: number): Operand {
  return { address, rowStep: 4 * columns, columnStep: 4 };
}

export function transposed({ address, rowStep, columnStep }: Operand): Operand {
  return { address, rowStep: columnStep, columnStep: rowStep };
}

/** Room that {@link multiply} needs: the kernel's panels. */
export function panels(backend: BackendWasm): TensorInfo {
  return backend.makeOutput([(192 + 16) * 256 + 32], "float32");
}

/**
 * c = a·b, a [rows, inner], b [inner, columns], c one row after the other.
 *
 * @param panelsAt - address of {@link panels}.
 */
export function multiply(
  backend: BackendWasm,
  a: Operand,
  b: Operand,
  c: number,
  [rows, inner, columns]: readonly [rows: number, inner: number, columns: number],
  panelsAt: number,
): void {
  compiled(backend).product(
    a.address,
    a.rowStep,
    a.columnStep,
    b.address,
    b.rowStep,
    b.columnStep,
    c,
    4 * columns,
    rows,
    inner,
    columns,
    panelsAt,
  );
}
