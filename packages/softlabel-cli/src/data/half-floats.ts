/** IEEE 754 half floats, given as their bits, as float32, which holds each of them exactly. */
export function fromHalves(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  const floats = new Float32Array(bits.buffer);
  for (let i = 0; i < halves.length; i++) {
    const sign = (halves[i] & 0x8000) << 16;
    const exponent = (halves[i] >> 10) & 31;
    const fraction = halves[i] & 1023;
    if (exponent === 0) floats[i] = (sign === 0 ? 1 : -1) * fraction * 2 ** -24;
    else if (exponent === 31) bits[i] = sign | 0x7f800000 | (fraction << 13);
    else bits[i] = sign | ((exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}

/** The upper halves of float32 numbers, as float32. */
export function fromBrainFloats(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
