// The kernels' module, kernels.wasm beside this file, is compiled from here by AssemblyScript:
//
//     npm run kernels -w softlabel-cli
//
// It lives in TensorFlow.js' own memory and is given addresses there, so it has no data, no globals and no allocator.
export * from "./linear-map";
export * from "./pooling";
export * from "./product";
export * from "./sparse-convolution";
export * from "./windows";
