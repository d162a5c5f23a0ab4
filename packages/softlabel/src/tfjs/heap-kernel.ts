import type { KernelBackend } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../core/argument-error.ts";
import { type WebAssemblyMemory, webAssembly } from "../core/web-assembly.ts";
import type { Kernel } from "../kernels/kernel.ts";
import type { KernelMemory } from "../kernels/kernel-memory.ts";
import { createLabelScanner } from "../kernels/label-scanner.ts";
import { mayUse } from "../kernels/relaxed-simd.ts";
import { runner } from "../kernels/run-in-memory.ts";
import { shareMemoryImport } from "../kernels/share-memory-import.ts";
import { bestWasmModule, CONSTANTS_BYTES, instantiate } from "../kernels/wasm-module.ts";

/** What TensorFlow.js' WebAssembly backend has and its type does not say. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: HeapOwner;
  readonly typedArrayFromHeap: (tensor: { readonly dataId: object; shape: number[]; dtype: string }) => Float32Array;
  readonly makeOutput: (shape: number[], dtype: "float32") => { dataId: object; shape: number[]; dtype: "float32" };
}

/** Emscripten's module. */
interface HeapOwner {
  readonly HEAPU8: Uint8Array;
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
  /** The memory of a build with threads. */
  readonly wasmMemory?: WebAssemblyMemory;
  /** The exports of a build without, the memory among them under a short name. */
  readonly asm?: Readonly<Record<string, unknown>>;
}

/** Whether this is the backend that keeps its tensors in the memory of a WebAssembly module. */
export function isWasmBackend(backend: KernelBackend): backend is WasmBackend {
  return "wasm" in backend && "typedArrayFromHeap" in backend && "makeOutput" in backend;
}

/**
 * The kernel on the backend's own memory, where its tensors are read and written without a copy.
 *
 * A build with threads has a memory that is shared between them; the kernel runs in the one that calls it.
 *
 * @returns undefined where the engine has no SIMD, or the backend's memory is not found.
 */
export function heapKernel({ wasm }: WasmBackend): Kernel | undefined {
  const kernels = mayUse("relaxed SIMD") ? relaxed : strict;
  if (!kernels.has(wasm)) kernels.set(wasm, kernelOn(wasm));
  return kernels.get(wasm);
}

/** One for each life of a backend: a disposed one lets go of its module, and so of its memory. */
const relaxed: WeakMap<HeapOwner, Kernel | undefined> = /* @__PURE__ */ new WeakMap();
const strict: WeakMap<HeapOwner, Kernel | undefined> = /* @__PURE__ */ new WeakMap();

function kernelOn(owner: HeapOwner): Kernel | undefined {
  const engine = webAssembly();
  const module = engine && bestWasmModule(engine);
  const memory = memoryOf(owner);
  if (!engine || !module || !memory) return undefined;
  const bytes = isShared(memory) ? shareMemoryImport(module.bytes) : module.bytes;
  if (!engine.validate(bytes)) return undefined;
  const heap = heapMemory(owner);
  const functions = instantiate(engine, { bytes }, memory, heap.reserve(CONSTANTS_BYTES));
  const scanner = createLabelScanner(heap, functions);
  return { name: module.name, scanner, run: runner(heap, functions.softmaxCrossEntropy) };
}

function memoryOf({ wasmMemory, asm, HEAPU8 }: HeapOwner): WebAssemblyMemory | undefined {
  return [wasmMemory, ...Object.values(asm ?? {})].find((value) => isMemory(value) && value.buffer === HEAPU8.buffer) as
    | WebAssemblyMemory
    | undefined;
}

const isShared = ({ buffer }: WebAssemblyMemory): boolean =>
  Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";

/** By its tag: another realm has its own constructor. */
const isMemory = (value: unknown): value is WebAssemblyMemory =>
  Object.prototype.toString.call(value) === "[object WebAssembly.Memory]";

/** That of a vector; malloc promises less. */
const ALIGNMENT = 16;

/** The backend's heap, out of which its own allocator gives. */
function heapMemory(owner: HeapOwner): KernelMemory {
  const allocated = new Map<number, number>();
  return {
    get buffer() {
      return owner.HEAPU8.buffer as ArrayBuffer;
    },
    reserve(bytes) {
      // An address above 2 GiB comes back negative.
      const block = owner._malloc(bytes + ALIGNMENT - 1) >>> 0;
      if (block === 0) {
        throw new ArgumentError(
          `the wasm backend's memory must have room for ${bytes} bytes more, got none; ${REMEDY}`,
        );
      }
      const address = Math.ceil(block / ALIGNMENT) * ALIGNMENT;
      allocated.set(address, block);
      return address;
    },
    free(address) {
      const block = allocated.get(address);
      if (block === undefined) return;
      allocated.delete(address);
      owner._free(block);
    },
  };
}

const REMEDY = "dispose tensors that are no longer needed, or pass fewer rows at a time";
