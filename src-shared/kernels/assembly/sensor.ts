// The simulated camera: averages from light, and pixels from averages. Averages are u16 whatever the pixel format;
// the spread of a pixel's noise is kept beside them, in quarters of a count.

// @ts-ignore: decorator
@inline
function spread(mean: v128, zero: v128, perCount: v128, floor: v128, scale: v128): v128 {
  const electrons = f32x4.mul(f32x4.max(f32x4.sub(mean, zero), f32x4.splat(0)), perCount)
  return i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.sqrt(f32x4.add(electrons, floor)), scale))
}

// @ts-ignore: decorator
@inline
function lit(light: usize, shade: usize, response: usize, flat: v128, base: v128): v128 {
  const share = f32x4.mul(f32x4.sub(base, v128.load(shade)), v128.load(response))
  return f32x4.mul(f32x4.add(v128.load(light), flat), share)
}

/**
 * `count` (a multiple of 8) averages to `means` and spreads to `spreads` (u16 and i16):
 * average = (light + flat) * (base - shade) * response * factor + offset, saturating, rounded down, where light,
 * shade and response are rows of f32;
 * spread = sqrt((average - zero) * perCount + floor) * scale, rounded down; 0 where the average is saturated.
 */
export function exposeLight(
  light: usize, shades: usize, responses: usize, means: usize, spreads: usize, count: u32,
  flat: f32, base: f32, factor: f32, offset: f32, zero: f32, perCount: f32, floor: f32, scale: f32,
): void {
  const flats = f32x4.splat(flat)
  const bases = f32x4.splat(base)
  const factors = f32x4.splat(factor)
  const offsets = f32x4.splat(offset)
  const zeros = f32x4.splat(zero)
  const perCounts = f32x4.splat(perCount)
  const floors = f32x4.splat(floor)
  const scales = f32x4.splat(scale)
  for (let i: u32 = 0; i < count; i += 8) {
    const at = i << 2
    const a = f32x4.add(f32x4.mul(lit(light + at, shades + at, responses + at, flats, bases), factors), offsets)
    const b = f32x4.add(
      f32x4.mul(lit(light + at + 16, shades + at + 16, responses + at + 16, flats, bases), factors),
      offsets,
    )
    const mean = i16x8.narrow_i32x4_u(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b))
    const sigma = i16x8.narrow_i32x4_s(
      spread(a, zeros, perCounts, floors, scales),
      spread(b, zeros, perCounts, floors, scales),
    )
    v128.store(means + (i << 1), mean)
    // What is saturated on average does not flicker.
    v128.store(spreads + (i << 1), v128.andnot(sigma, i16x8.eq(mean, i16x8.splat(-1))))
  }
}

// @ts-ignore: decorator
@inline
function eight(means: usize, spreads: usize, deviates: usize, shift: u32): v128 {
  // Q15: (4 sigma) * (deviate / 128) = sigma * deviate / 32.
  const deviate = i16x8.shl(v128.load_ext<i8>(deviates), 8)
  const noise = i16x8.q15mulr_sat_s(v128.load(spreads), deviate)
  // Signed saturation about the middle of the unsigned range.
  const middle = i16x8.splat(-32768)
  const pixels = i16x8.add_sat_s(v128.xor(v128.load(means), middle), noise)
  return i16x8.shr_u(v128.xor(pixels, middle), shift)
}

/**
 * `count` (a multiple of 8) pixels (u16), from averages, spreads and deviates (i8, 32 = one standard deviation):
 * (average + spread / 4 * deviate / 32) >> shift, saturating before the shift.
 */
export function addNoiseU16(means: usize, spreads: usize, deviates: usize, dst: usize, count: u32, shift: u32): void {
  for (let i: u32 = 0; i < count; i += 8) {
    v128.store(dst + (i << 1), eight(means + (i << 1), spreads + (i << 1), deviates + i, shift))
  }
}

/** The same with pixels as u8; `shift` is 8 or more. */
export function addNoiseU8(means: usize, spreads: usize, deviates: usize, dst: usize, count: u32, shift: u32): void {
  for (let i: u32 = 0; i < count; i += 8) {
    const pixels = eight(means + (i << 1), spreads + (i << 1), deviates + i, shift)
    v128.store64_lane(dst + i, i8x16.narrow_i16x8_u(pixels, pixels), 0)
  }
}
