// The kernels' module, kernels.wasm beside this file, is compiled from here with AssemblyScript 0.28.20:
//
//     asc index.ts --outFile kernels.wasm -O3 --enable simd --runtime stub --importMemory --noAssert
//
// It lives in TensorFlow.js' own memory and is given addresses there, so it has no data, no globals and no allocator.
export * from "./pooling";
export * from "./sparse-convolution";
