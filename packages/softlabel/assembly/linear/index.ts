// Single-precision matrix products by tiles of 4 × 12, compiled to src/kernels/linear/generated.ts by
//
//     node packages/softlabel/scripts/build-linear-kernels.js
//
// One product, C += A·B, does all the work. It reads panels, so that the innermost loop walks through memory without
// a stride whichever way round a matrix lies:
//
//     A as [⌈rows/4⌉][depth][4]     B as [⌈columns/12⌉][depth][12]     depth a multiple of 4; what is beyond is 0
//
// All memory is given by address; the module has no data, no globals and no allocator.
export { addColumnSums } from "./column-sums";
export { packAcross, packAlong } from "./pack";
export { addProduct } from "./product";
