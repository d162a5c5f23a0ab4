import type { Random } from "../../../../src/data/random.ts";

/** The bytes with a few of them changed, cut, doubled or replaced by numbers that headers are afraid of. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let result = Uint8Array.from(bytes);
  const place = (): number => Math.floor(random() * result.length);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const at = place();
    switch (Math.floor(random() * 7)) {
      case 0:
        result[at] = Math.floor(random() * 256);
        break;
      case 1:
        result[at] ^= 1 << Math.floor(random() * 8);
        break;
      case 2:
        result = result.slice(0, at);
        break;
      case 3:
        result.fill([0, 0xff, 0x7f, 0x80][Math.floor(random() * 4)] as number, at, at + 1 + Math.floor(random() * 8));
        break;
      case 4:
        result.copyWithin(at, place(), place());
        break;
      case 5:
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(place())]);
        break;
      default:
        // A digit of a header's text or of a table.
        result[at] = 48 + Math.floor(random() * 10);
    }
    if (result.length === 0) break;
  }
  return result;
}
