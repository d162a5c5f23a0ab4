// What Node computes from the same package, as JSON.   node node.js simd|relaxed|none
import v8 from "node:v8";

const [kind] = process.argv.slice(2);
// Node 20 has relaxed SIMD behind this flag; an engine that does not know the flag ignores it.
v8.setFlagsFromString(`--${kind === "relaxed" ? "" : "no-"}experimental-wasm-relaxed-simd`);
if (kind === "none") delete globalThis.WebAssembly;
const { solve } = await import("./problems.js");
console.log(JSON.stringify(solve()));
