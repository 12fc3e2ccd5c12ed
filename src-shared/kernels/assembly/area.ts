// Reduces an image by any factor: each pixel of the new image is the rounded mean of the area that it covers. First
// rows are combined, eight new ones at a time; these are transposed, so that columns can be combined by vectors of
// eight rows, too. Weights are u16 in 1/65536. `dst` may be `src`: rows are written after those they replace were read.
// Loads may go beyond `src` by the height of a few rows; what is there has no weight.

/** dst[i] = sum over k of weights[k] * src[i + k * stride]: `groups` x 8 samples of u16 or u8 to u16. */
// @ts-ignore: decorator
@inline
function combine<T>(src: usize, stride: usize, weights: usize, taps: u32, dst: usize, groups: u32): void {
  const half = i32x4.splat(0x8000)
  for (let g: u32 = 0; g < groups; g++) {
    let low = half
    let high = half
    let at = src + (g as usize) * 8 * sizeof<T>()
    for (let k: u32 = 0; k < taps; k++) {
      let values: v128
      if (sizeof<T>() == 1) values = v128.load8x8_u(at)
      else values = v128.load(at)
      const weight = v128.load16_splat(weights + (k << 1))
      low = i32x4.add(low, i32x4.extmul_low_i16x8_u(values, weight))
      high = i32x4.add(high, i32x4.extmul_high_i16x8_u(values, weight))
      at += stride
    }
    v128.store(dst + ((g as usize) << 4), i16x8.narrow_i32x4_u(i32x4.shr_u(low, 16), i32x4.shr_u(high, 16)))
  }
}

/** 8 x 8 samples of u16: row i at src + i * srcStride becomes column i; rows of dst are dstStride bytes apart. */
// @ts-ignore: decorator
@inline
function transpose8(src: usize, srcStride: usize, dst: usize, dstStride: usize): void {
  const a0 = v128.load(src)
  const a1 = v128.load(src + srcStride)
  const a2 = v128.load(src + 2 * srcStride)
  const a3 = v128.load(src + 3 * srcStride)
  const a4 = v128.load(src + 4 * srcStride)
  const a5 = v128.load(src + 5 * srcStride)
  const a6 = v128.load(src + 6 * srcStride)
  const a7 = v128.load(src + 7 * srcStride)
  const b0 = v128.shuffle<u16>(a0, a1, 0, 8, 1, 9, 2, 10, 3, 11)
  const b1 = v128.shuffle<u16>(a0, a1, 4, 12, 5, 13, 6, 14, 7, 15)
  const b2 = v128.shuffle<u16>(a2, a3, 0, 8, 1, 9, 2, 10, 3, 11)
  const b3 = v128.shuffle<u16>(a2, a3, 4, 12, 5, 13, 6, 14, 7, 15)
  const b4 = v128.shuffle<u16>(a4, a5, 0, 8, 1, 9, 2, 10, 3, 11)
  const b5 = v128.shuffle<u16>(a4, a5, 4, 12, 5, 13, 6, 14, 7, 15)
  const b6 = v128.shuffle<u16>(a6, a7, 0, 8, 1, 9, 2, 10, 3, 11)
  const b7 = v128.shuffle<u16>(a6, a7, 4, 12, 5, 13, 6, 14, 7, 15)
  const c0 = v128.shuffle<u32>(b0, b2, 0, 4, 1, 5)
  const c1 = v128.shuffle<u32>(b0, b2, 2, 6, 3, 7)
  const c2 = v128.shuffle<u32>(b4, b6, 0, 4, 1, 5)
  const c3 = v128.shuffle<u32>(b4, b6, 2, 6, 3, 7)
  const c4 = v128.shuffle<u32>(b1, b3, 0, 4, 1, 5)
  const c5 = v128.shuffle<u32>(b1, b3, 2, 6, 3, 7)
  const c6 = v128.shuffle<u32>(b5, b7, 0, 4, 1, 5)
  const c7 = v128.shuffle<u32>(b5, b7, 2, 6, 3, 7)
  v128.store(dst, v128.shuffle<u64>(c0, c2, 0, 2))
  v128.store(dst + dstStride, v128.shuffle<u64>(c0, c2, 1, 3))
  v128.store(dst + 2 * dstStride, v128.shuffle<u64>(c1, c3, 0, 2))
  v128.store(dst + 3 * dstStride, v128.shuffle<u64>(c1, c3, 1, 3))
  v128.store(dst + 4 * dstStride, v128.shuffle<u64>(c4, c6, 0, 2))
  v128.store(dst + 5 * dstStride, v128.shuffle<u64>(c4, c6, 1, 3))
  v128.store(dst + 6 * dstStride, v128.shuffle<u64>(c5, c7, 0, 2))
  v128.store(dst + 7 * dstStride, v128.shuffle<u64>(c5, c7, 1, 3))
}

// @ts-ignore: decorator
@inline
function reduce<T>(
  src: usize, dst: usize, width: u32, channels: u32, newWidth: u32, newHeight: u32,
  yStarts: usize, yWeights: usize, yTaps: u32, xStarts: usize, xWeights: usize, xTaps: u32,
  rows: usize, strip: usize, newStrip: usize,
): void {
  const samples = width * channels
  const newSamples = newWidth * channels
  const groups = (samples + 7) >> 3
  const newGroups = (newSamples + 7) >> 3
  const rowBytes = (samples as usize) * sizeof<T>()
  // Of `rows`: eight rows of u16.
  const pitch = (groups as usize) << 4
  for (let y: u32 = 0; y < newHeight; y += 8) {
    const count = min<u32>(8, newHeight - y)
    for (let r: u32 = 0; r < count; r++) {
      const from = src + load<u32>(yStarts + ((y + r) << 2)) * rowBytes
      combine<T>(from, rowBytes, yWeights + (((y + r) * yTaps) << 1), yTaps, rows + r * pitch, groups)
    }
    for (let g: u32 = 0; g < groups; g++) {
      transpose8(rows + ((g as usize) << 4), pitch, strip + ((g as usize) << 7), 16)
    }
    for (let x: u32 = 0; x < newWidth; x++) {
      const from = strip + ((load<u32>(xStarts + (x << 2)) * channels) << 4)
      const weights = xWeights + ((x * xTaps) << 1)
      for (let c: u32 = 0; c < channels; c++) {
        combine<u16>(from + (c << 4), channels << 4, weights, xTaps, newStrip + ((x * channels + c) << 4), 1)
      }
    }
    for (let g: u32 = 0; g < newGroups; g++) {
      transpose8(newStrip + ((g as usize) << 7), 16, rows + ((g as usize) << 4), pitch)
    }
    for (let r: u32 = 0; r < count; r++) {
      const row = rows + r * pitch
      const to = dst + ((y + r) as usize) * newSamples * sizeof<T>()
      if (sizeof<T>() == 2) memory.copy(to, row, (newSamples as usize) << 1)
      else for (let i: u32 = 0; i < newSamples; i++) store<u8>(to + i, load<u16>(row + (i << 1)) as u8)
    }
  }
}

/**
 * Tables as of area-plan.ts. Scratch: `rows` 8 rows of `width * channels` u16, `strip` as much and `xTaps * channels`
 * x 16 bytes more, `newStrip` 8 rows of `newWidth * channels` u16; rows counted in multiples of 8 samples.
 */
export function reduceAreaU16(
  src: usize, dst: usize, width: u32, channels: u32, newWidth: u32, newHeight: u32,
  yStarts: usize, yWeights: usize, yTaps: u32, xStarts: usize, xWeights: usize, xTaps: u32,
  rows: usize, strip: usize, newStrip: usize,
): void {
  reduce<u16>(
    src, dst, width, channels, newWidth, newHeight, yStarts, yWeights, yTaps, xStarts, xWeights, xTaps, rows, strip,
    newStrip,
  )
}

export function reduceAreaU8(
  src: usize, dst: usize, width: u32, channels: u32, newWidth: u32, newHeight: u32,
  yStarts: usize, yWeights: usize, yTaps: u32, xStarts: usize, xWeights: usize, xTaps: u32,
  rows: usize, strip: usize, newStrip: usize,
): void {
  reduce<u8>(
    src, dst, width, channels, newWidth, newHeight, yStarts, yWeights, yTaps, xStarts, xWeights, xTaps, rows, strip,
    newStrip,
  )
}
