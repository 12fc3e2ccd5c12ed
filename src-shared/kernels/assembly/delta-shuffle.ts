// z = zigzag(pixel - pixel `lag` before it), modulo 2^16, where pixels before the first count as 0;
// then all low bytes of z, followed by all high bytes.

/** Pixels at `src` (count x u16) to two byte planes at `dst` (2 x count bytes). The ranges must not overlap. */
export function filterDeltaShuffle(src: usize, dst: usize, count: u32, lag: u32): void {
  const high = dst + count
  const start = min(lag, count)
  for (let i: u32 = 0; i < start; i++) put(dst + i, high + i, load<u16>(src + (i << 1)), 0)
  let i = start
  const lowMask = i16x8.splat(0xff)
  for (; i + 16 <= count; i += 16) {
    const at = src + (i << 1)
    const before = at - (lag << 1)
    const d0 = i16x8.sub(v128.load(at), v128.load(before))
    const d1 = i16x8.sub(v128.load(at, 16), v128.load(before, 16))
    const z0 = v128.xor(i16x8.shl(d0, 1), i16x8.shr_s(d0, 15))
    const z1 = v128.xor(i16x8.shl(d1, 1), i16x8.shr_s(d1, 15))
    v128.store(dst + i, i8x16.narrow_i16x8_u(v128.and(z0, lowMask), v128.and(z1, lowMask)))
    v128.store(high + i, i8x16.narrow_i16x8_u(i16x8.shr_u(z0, 8), i16x8.shr_u(z1, 8)))
  }
  for (; i < count; i++) {
    const at = src + (i << 1)
    put(dst + i, high + i, load<u16>(at), load<u16>(at - (lag << 1)))
  }
}

// @ts-ignore: decorator
@inline
function put(low: usize, high: usize, pixel: u32, before: u32): void {
  const d: i32 = (((pixel - before) << 16) as i32) >> 16
  const z: u32 = (d << 1) ^ (d >> 15)
  store<u8>(low, z)
  store<u8>(high, z >> 8)
}

/** The inverse: two planes at `src` to `count` pixels at `dst`. The ranges must not overlap. */
export function unfilterDeltaShuffle(src: usize, dst: usize, count: u32, lag: u32): void {
  const high = src + count
  const start = min(lag, count)
  for (let i: u32 = 0; i < start; i++) store<u16>(dst + (i << 1), difference(src + i, high + i))
  let i = start
  // A vector of 16 pixels may depend only on pixels before it.
  if (lag >= 16) {
    const one = i16x8.splat(1)
    for (; i + 16 <= count; i += 16) {
      const lows = v128.load(src + i)
      const highs = v128.load(high + i)
      const z0 = i8x16.shuffle(lows, highs, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
      const z1 = i8x16.shuffle(lows, highs, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
      const d0 = v128.xor(i16x8.shr_u(z0, 1), i16x8.neg(v128.and(z0, one)))
      const d1 = v128.xor(i16x8.shr_u(z1, 1), i16x8.neg(v128.and(z1, one)))
      const at = dst + (i << 1)
      const before = at - (lag << 1)
      v128.store(at, i16x8.add(d0, v128.load(before)))
      v128.store(at, i16x8.add(d1, v128.load(before, 16)), 16)
    }
  }
  for (; i < count; i++) {
    const at = dst + (i << 1)
    store<u16>(at, difference(src + i, high + i) + load<u16>(at - (lag << 1)))
  }
}

// @ts-ignore: decorator
@inline
function difference(low: usize, high: usize): u32 {
  const z: u32 = load<u8>(low) | ((load<u8>(high) as u32) << 8)
  return (z >> 1) ^ (0 - (z & 1))
}
