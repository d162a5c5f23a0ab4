// What the documents of several benchmarks share.

/** The document with what stands between its markers `<!-- NAME:PART -->` and `<!-- end -->` replaced. */
export function filled(document, name, parts) {
  let text = document;
  for (const [part, content] of Object.entries(parts)) {
    const [open, close] = [`<!-- ${name}:${part} -->`, "<!-- end -->"];
    const from = text.indexOf(open);
    const to = text.indexOf(close, from);
    if (from < 0 || to < 0) throw new Error(`the document must have ${open} … ${close}`);
    text = `${text.slice(0, from)}${open}\n\n${content}\n\n${text.slice(to)}`;
  }
  return text;
}

/** The libraries that took part, with their versions. */
export function versionsShown(versions) {
  const named = { "tensorflow.js": "TensorFlow.js", "jax-js": "jax-js", pytorch: "PyTorch", numpy: "NumPy" };
  return Object.entries(named)
    .filter(([name]) => name in versions)
    .map(([name, label]) => `${label} ${versions[name]}`)
    .join(", ");
}
