import type { NpyArray, NpyData } from "../npy.ts";
import type { Contents } from "./contents.ts";

/** What a reading process says: the contents, or the one sentence why there are none. */
export type ReaderAnswer = { readonly contents: Contents } | { readonly problem: string };

/** The head of a message; the arrays' bytes follow it, one behind the other. */
interface Head {
  readonly problem?: string;
  readonly words?: readonly (readonly [name: string, words: readonly string[]])[];
  readonly arrays?: readonly { readonly name: string; readonly kind: string; readonly shape: readonly number[] }[];
}

const kinds: Readonly<Record<string, new (buffer: ArrayBuffer) => NpyData>> = { Float32Array, Float64Array };

/**
 * An answer as bytes: the head's length in 4 bytes, the head in JSON, the arrays as they lie in memory.
 *
 * @returns pieces, so that no array is copied.
 */
export function encodeAnswer(answer: ReaderAnswer): readonly Uint8Array[] {
  if ("problem" in answer) return [...framed({ problem: answer.problem })];
  const { arrays, words } = answer.contents;
  const entries = [...arrays].map(([name, { data, shape }]) => ({ name, kind: data.constructor.name, shape }));
  const bodies = [...arrays.values()].map(
    ({ data: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [...framed({ arrays: entries, words: [...words] }), ...bodies];
}

function framed(head: Head): readonly [Uint8Array, Uint8Array] {
  const text = new TextEncoder().encode(JSON.stringify(head));
  return [new Uint8Array(Uint32Array.of(text.length).buffer), text];
}

/**
 * The answer that some bytes hold, each array in a buffer of its own as they arrive.
 *
 * @throws Error when they end early.
 */
export async function decodeAnswer(chunks: AsyncIterable<Uint8Array>): Promise<ReaderAnswer> {
  const { take, close } = taking(chunks);
  try {
    const [length = 0] = new Uint32Array(await take(4));
    const { problem, arrays = [], words = [] }: Head = JSON.parse(new TextDecoder().decode(await take(length)));
    if (problem !== undefined) return { problem };
    const read = new Map<string, NpyArray>();
    for (const { name, kind, shape } of arrays) {
      const Kind = kinds[kind];
      if (Kind === undefined) throw new Error(`an array of ${kind}`);
      const size = shape.reduce((product, n) => product * n, kind === "Float32Array" ? 4 : 8);
      read.set(name, { data: new Kind(await take(size)), shape });
    }
    return { contents: { arrays: read, words: new Map(words) } };
  } finally {
    await close();
  }
}

/** Takes so many bytes at a time from chunks of any sizes. */
function taking(chunks: AsyncIterable<Uint8Array>): {
  readonly take: (length: number) => Promise<ArrayBuffer>;
  readonly close: () => Promise<unknown>;
} {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async take(length) {
      const taken = new Uint8Array(length);
      let filled = 0;
      for (;;) {
        const part = rest.subarray(0, length - filled);
        taken.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
        if (filled === length) return taken.buffer;
        const next = await iterator.next();
        if (next.done) throw new Error("an answer that ends early");
        rest = next.value;
      }
    },
    close: async () => iterator.return?.(),
  };
}
