/** Values of all 16-bit floating-point numbers (IEEE 754 binary16), by their bits; made when they are first needed. */
let values: Float32Array<ArrayBuffer> | undefined

/** `halves` as `Float32`, which knows all of them exactly. */
export function halfFloats(halves: Uint16Array): Float32Array<ArrayBuffer> {
  values ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => valueOf(bits))
  const real = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) real[i] = values[halves[i] ?? 0] ?? 0
  return real
}

/** Sign, 5 bits of exponent, 10 of the fraction. */
function valueOf(bits: number): number {
  const sign = bits < 0x8000 ? 1 : -1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  // Below the smallest exponent there is no leading one.
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
