import { mayUse } from "../relaxed-simd.ts";
import type { ChunkProducts, Layer } from "./chunk-products.ts";
import { instantiate, type LinearInstance, type LinearVariant, linearVariants } from "./module.ts";
import { plainProducts } from "./plain-products.ts";
import { wasmProducts } from "./wasm-products.ts";

/**
 * The products by the fastest means that the engine has.
 *
 * The kernels' memory is kept for the next call while it is not much larger than a default chunk needs.
 */
export function products(layer: Layer, chunkRows: number): ChunkProducts {
  variants ??= linearVariants();
  const best = variants.find(mayUse);
  if (best === undefined) return plainProducts(layer, chunkRows);
  const instance = kept?.variant === best ? kept.instance : instantiate(best);
  kept = undefined;
  const made = wasmProducts(layer, chunkRows, instance);
  if (instance.memory.buffer.byteLength <= KEPT_BYTES) kept = { variant: best, instance };
  return made;
}

const KEPT_BYTES = 2 ** 25;
let variants: readonly LinearVariant[] | undefined;
let kept: { readonly variant: LinearVariant; readonly instance: LinearInstance } | undefined;
