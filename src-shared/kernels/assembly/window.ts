// grey = round(clamp(value - low, 0, range) * 255 / range), in fixed point. Ranges below 2^15: the difference is
// multiplied by the power of two `scale` that brings the range to 2^14 or more; others: it is halved (scale = 0).
// Then multiplied as Q15 by `multiplier` = 255 * 64 / scaled range, and rounded from 14 to 8 bits.

// @ts-ignore: decorator
@inline
function grey8(values: v128, low: v128, range: v128, scale: v128, multiplier: v128, halve: bool): v128 {
  const above = i16x8.min_u(i16x8.sub_sat_u(values, low), range)
  const scaled = halve ? i16x8.shr_u(above, 1) : i16x8.mul(above, scale)
  return i16x8.shr_u(i16x8.add(i16x8.q15mulr_sat_s(scaled, multiplier), i16x8.splat(32)), 6)
}

// @ts-ignore: decorator
@inline
function grey1(value: u32, low: u32, range: u32, scale: u32, multiplier: u32): u32 {
  const above = value > low ? min(value - low, range) : 0
  const scaled = scale == 0 ? above >> 1 : above * scale
  return (((scaled * multiplier + 0x4000) >> 15) + 32) >> 6
}

// @ts-ignore: decorator
@inline
function windowLoop<T>(
  src: usize, dst: usize, count: u32, low: u32, range: u32, scale: u32, multiplier: u32, halve: bool, black: u32,
): void {
  const blacks = i8x16.splat(black as i8)
  const lows = i16x8.splat(low as i16)
  const ranges = i16x8.splat(range as i16)
  const scales = i16x8.splat(scale as i16)
  const multipliers = i16x8.splat(multiplier as i16)
  let i: u32 = 0
  for (; i + 16 <= count; i += 16) {
    let v0: v128
    let v1: v128
    if (sizeof<T>() == 1) {
      const values = v128.load(src + i)
      v0 = i16x8.extend_low_i8x16_u(values)
      v1 = i16x8.extend_high_i8x16_u(values)
    } else {
      v0 = v128.load(src + (i << 1))
      v1 = v128.load(src + (i << 1), 16)
    }
    const g0 = grey8(v0, lows, ranges, scales, multipliers, halve)
    const g1 = grey8(v1, lows, ranges, scales, multipliers, halve)
    v128.store(dst + i, i8x16.add(i8x16.narrow_i16x8_u(g0, g1), blacks))
  }
  for (; i < count; i++) {
    const grey = grey1(load<T>(src + i * sizeof<T>()) as u32, low, range, scale, multiplier)
    store<u8>(dst + i, grey + black)
  }
}

/** `count` u16 at `src` to u8 at `dst`; dst may equal src. */
export function windowU16(src: usize, dst: usize, count: u32, low: u32, range: u32, scale: u32, multiplier: u32): void {
  if (scale == 0) windowLoop<u16>(src, dst, count, low, range, scale, multiplier, true, 0)
  else windowLoop<u16>(src, dst, count, low, range, scale, multiplier, false, 0)
}

/** `count` u8 at `src` to u8 at `dst`; dst may equal src. */
export function windowU8(src: usize, dst: usize, count: u32, low: u32, range: u32, scale: u32, multiplier: u32): void {
  if (scale == 0) windowLoop<u8>(src, dst, count, low, range, scale, multiplier, true, 0)
  else windowLoop<u8>(src, dst, count, low, range, scale, multiplier, false, 0)
}

/** As windowU16, to the luma of BT.601: black is 16, white 235 (multiplier = 219 * 64 / scaled range). */
export function lumaU16(src: usize, dst: usize, count: u32, low: u32, range: u32, scale: u32, multiplier: u32): void {
  if (scale == 0) windowLoop<u16>(src, dst, count, low, range, scale, multiplier, true, 16)
  else windowLoop<u16>(src, dst, count, low, range, scale, multiplier, false, 16)
}

export function lumaU8(src: usize, dst: usize, count: u32, low: u32, range: u32, scale: u32, multiplier: u32): void {
  if (scale == 0) windowLoop<u8>(src, dst, count, low, range, scale, multiplier, true, 16)
  else windowLoop<u8>(src, dst, count, low, range, scale, multiplier, false, 16)
}

/** `count` u16 at `src` through a table of 65536 u8 to u8 at `dst`; dst may equal src. */
export function lookupU16(src: usize, dst: usize, count: u32, table: usize): void {
  let i: u32 = 0
  for (; i + 4 <= count; i += 4) {
    const four = load<u64>(src + (i << 1))
    const low = four as u32
    const high = (four >> 32) as u32
    store<u32>(
      dst + i,
      (load<u8>(table + (low & 0xffff)) as u32) |
        ((load<u8>(table + (low >> 16)) as u32) << 8) |
        ((load<u8>(table + (high & 0xffff)) as u32) << 16) |
        ((load<u8>(table + (high >> 16)) as u32) << 24),
    )
  }
  for (; i < count; i++) store<u8>(dst + i, load<u8>(table + load<u16>(src + (i << 1))))
}

/** `count` u8 at `src` through a table of 256 u8 to u8 at `dst`; dst may equal src. */
export function lookupU8(src: usize, dst: usize, count: u32, table: usize): void {
  for (let i: u32 = 0; i < count; i++) store<u8>(dst + i, load<u8>(table + load<u8>(src + i)))
}
