/** The bytes that a text of hexadecimal digits stands for, two of them a byte: how WASM modules are kept in sources. */
export function fromHexadecimal(digits: string): Uint8Array {
  const byte = (at: number): number => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => byte(at));
}
