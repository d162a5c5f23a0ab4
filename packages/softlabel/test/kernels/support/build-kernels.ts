// The build script is plain JavaScript, run by Node 20 without a compiler; this gives it a type.
const script = new URL("../../../scripts/build-kernels.js", import.meta.url).href;

/** The source of the generated module, compiled anew. */
export async function generate(): Promise<string> {
  const build: { readonly generate: () => Promise<string> } = await import(/* @vite-ignore */ script);
  return build.generate();
}
