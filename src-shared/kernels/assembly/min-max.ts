/** Smallest (low 16 bits) and largest (high 16 bits) of `count` u16 at `src`; count > 0. */
export function minMaxU16(src: usize, count: u32): u32 {
  let low = i16x8.splat(-1)
  let high = i16x8.splat(0)
  let low1 = low
  let high1 = high
  let i: u32 = 0
  for (; i + 16 <= count; i += 16) {
    const a = v128.load(src + (i << 1))
    const b = v128.load(src + (i << 1), 16)
    low = i16x8.min_u(low, a)
    high = i16x8.max_u(high, a)
    low1 = i16x8.min_u(low1, b)
    high1 = i16x8.max_u(high1, b)
  }
  low = i16x8.min_u(low, low1)
  high = i16x8.max_u(high, high1)
  // Fold the eight lanes: halves, quarters, neighbours.
  low = i16x8.min_u(low, i16x8.shuffle(low, low, 4, 5, 6, 7, 0, 1, 2, 3))
  high = i16x8.max_u(high, i16x8.shuffle(high, high, 4, 5, 6, 7, 0, 1, 2, 3))
  low = i16x8.min_u(low, i16x8.shuffle(low, low, 2, 3, 0, 1, 4, 5, 6, 7))
  high = i16x8.max_u(high, i16x8.shuffle(high, high, 2, 3, 0, 1, 4, 5, 6, 7))
  let lowest: u32 = min<u32>(i16x8.extract_lane_u(low, 0), i16x8.extract_lane_u(low, 1))
  let highest: u32 = max<u32>(i16x8.extract_lane_u(high, 0), i16x8.extract_lane_u(high, 1))
  for (; i < count; i++) {
    const v: u32 = load<u16>(src + (i << 1))
    lowest = min(lowest, v)
    highest = max(highest, v)
  }
  return lowest | (highest << 16)
}

/** Smallest (low 16 bits) and largest (high 16 bits) of `count` u8 at `src`; count > 0. */
export function minMaxU8(src: usize, count: u32): u32 {
  let low = i8x16.splat(-1)
  let high = i8x16.splat(0)
  let i: u32 = 0
  for (; i + 16 <= count; i += 16) {
    const a = v128.load(src + i)
    low = i8x16.min_u(low, a)
    high = i8x16.max_u(high, a)
  }
  // Widen once, then fold as above.
  low = i16x8.min_u(i16x8.extend_low_i8x16_u(low), i16x8.extend_high_i8x16_u(low))
  high = i16x8.max_u(i16x8.extend_low_i8x16_u(high), i16x8.extend_high_i8x16_u(high))
  low = i16x8.min_u(low, i16x8.shuffle(low, low, 4, 5, 6, 7, 0, 1, 2, 3))
  high = i16x8.max_u(high, i16x8.shuffle(high, high, 4, 5, 6, 7, 0, 1, 2, 3))
  low = i16x8.min_u(low, i16x8.shuffle(low, low, 2, 3, 0, 1, 4, 5, 6, 7))
  high = i16x8.max_u(high, i16x8.shuffle(high, high, 2, 3, 0, 1, 4, 5, 6, 7))
  let lowest: u32 = min<u32>(i16x8.extract_lane_u(low, 0), i16x8.extract_lane_u(low, 1))
  let highest: u32 = max<u32>(i16x8.extract_lane_u(high, 0), i16x8.extract_lane_u(high, 1))
  for (; i < count; i++) {
    const v: u32 = load<u8>(src + i)
    lowest = min(lowest, v)
    highest = max(highest, v)
  }
  return lowest | (highest << 16)
}
