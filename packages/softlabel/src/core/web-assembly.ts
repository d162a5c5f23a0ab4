/** The part of WebAssembly's interface that the kernels use, typed here: neither Node's nor a browser's types are. */
export interface WebAssemblyEngine {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (limits: { readonly initial: number; readonly maximum?: number }) => WebAssemblyMemory;
}

/** Pages of 64 KiB; `buffer` is another one after each growth, and views of the old one are empty. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

/** The engine, or undefined where there is none. */
export function webAssembly(): WebAssemblyEngine | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyEngine }).WebAssembly;
}
