import { version_core } from "@tensorflow/tfjs-core";
import { type Result, resultOf, type WrongCase } from "./wrong-cases.ts";

/** docs/where-tfjs-is-wrong.md, from what both libraries give now. */
export function wrongPage(cases: readonly WrongCase[]): string {
  const sections = cases.map(({ title, why, theirCall, ourCall, theirs, ours, truth }) =>
    [
      `## ${title}`,
      why,
      ["```ts", theirCall, `// ${shown(resultOf(theirs))}`, ourCall, `// ${shown(resultOf(ours))}`, "```"].join("\n"),
      truth === undefined ? "" : `Right is ${shown(truth)}.`,
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
  return `${introduction}\n\n${sections.join("\n\n")}\n`;
}

const introduction = `# Where TensorFlow.js is wrong

Each example runs both libraries: TensorFlow.js ${version_core} on its cpu backend first, then \`softlabel/tfjs\` on the
same, where \`z\` is the tensor of the logits above it. What is right is computed in float64 by the core. This page is
written by its test:

    npx vitest run packages/softlabel/test/tfjs/wrong.test.ts --update

The test fails when the page does not say what the libraries give, when \`softlabel/tfjs\` is not right, and when
TensorFlow.js has become so.`;

/** To four digits behind the point, as many as float32 leaves in each of these; a message as it is. */
function shown(result: Result): string {
  if (typeof result === "string") return `throws: ${result}`;
  const numbers = result.map((value) =>
    Number.isFinite(value) ? String(Number(value.toFixed(4)) + 0) : String(value),
  );
  return numbers.join(", ");
}
