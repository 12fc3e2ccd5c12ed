// The reduced image has ceil(width / step) x ceil(height / step) pixels; it may overwrite its source (dst = src),
// because no pixel is written before the block that it replaces has been read.

/** Every `step`-th pixel of each of `rows` rows, the first included. */
// @ts-ignore: decorator
@inline
function sampleColumns<T>(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  const row = (width as usize) * sizeof<T>()
  let to = dst
  for (let y: u32 = 0; y < rows; y++) {
    const from = src + y * row
    for (let x: u32 = 0; x < width; x += step) {
      store<T>(to, load<T>(from + x * sizeof<T>()))
      to += sizeof<T>()
    }
  }
}

export function sampleColumnsU8(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  sampleColumns<u8>(src, dst, width, rows, step)
}

export function sampleColumnsU16(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  sampleColumns<u16>(src, dst, width, rows, step)
}

export function sampleColumnsRgb8(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  let to = dst
  for (let y: u32 = 0; y < rows; y++) {
    const from = src + y * width * 3
    for (let x: u32 = 0; x < width; x += step) {
      const at = from + x * 3
      const rg = load<u16>(at)
      const b = load<u8>(at, 2)
      store<u16>(to, rg)
      store<u8>(to, b, 2)
      to += 3
    }
  }
}

/** Adds one row of samples to the u32 sums. */
// @ts-ignore: decorator
@inline
export function addRow<T>(row: usize, sums: usize, samples: u32): void {
  let i: u32 = 0
  for (; i + 8 <= samples; i += 8) {
    let values: v128
    if (sizeof<T>() == 1) values = v128.load8x8_u(row + i)
    else values = v128.load(row + (i << 1))
    const at = sums + (i << 2)
    v128.store(at, i32x4.add(v128.load(at), i32x4.extend_low_i16x8_u(values)))
    v128.store(at, i32x4.add(v128.load(at, 16), i32x4.extend_high_i16x8_u(values)), 16)
  }
  for (; i < samples; i++) {
    const at = sums + (i << 2)
    store<u32>(at, load<u32>(at) + (load<T>(row + i * sizeof<T>()) as u32))
  }
}

// Division by multiplication, exact: sum < 2^25, so the error stays below 2^-11, and 1 / pixels is at least 2^-8.

// @ts-ignore: decorator
@inline
export function inverseOf(pixels: u32): u64 {
  return (((1 as u64) << 36) + (pixels as u64) - 1) / (pixels as u64)
}

// @ts-ignore: decorator
@inline
export function divided(sum: u32, inverse: u64): u32 {
  return (((sum as u64) * inverse) >> 36) as u32
}

/** Rounded means of the blocks; those at the right and lower edge may be smaller. `sums`: width x channels u32. */
// @ts-ignore: decorator
@inline
function average<T>(src: usize, dst: usize, width: u32, height: u32, channels: u32, step: u32, sums: usize): void {
  const samples = width * channels
  const row = (samples as usize) * sizeof<T>()
  let to = dst
  for (let y: u32 = 0; y < height; y += step) {
    const rows = min(step, height - y)
    memory.fill(sums, 0, (samples as usize) << 2)
    for (let r: u32 = 0; r < rows; r++) addRow<T>(src + (y + r) * row, sums, samples)
    let x: u32 = 0
    if (step == 2 && rows == 2 && channels == 1) {
      const half = i32x4.splat(2)
      for (; x + 8 <= width; x += 8) {
        const a = v128.load(sums + (x << 2))
        const b = v128.load(sums + (x << 2), 16)
        const pairs = i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7))
        const means = i32x4.shr_u(i32x4.add(pairs, half), 2)
        const narrow = i16x8.narrow_i32x4_u(means, means)
        if (sizeof<T>() == 1) v128.store32_lane(to, i8x16.narrow_i16x8_u(narrow, narrow), 0)
        else v128.store64_lane(to, narrow, 0)
        to += 4 * sizeof<T>()
      }
    }
    for (; x < width; x += step) {
      const columns = min(step, width - x)
      const pixels = rows * columns
      const inverse = inverseOf(pixels)
      for (let c: u32 = 0; c < channels; c++) {
        let sum: u32 = pixels >> 1
        let at = sums + ((x * channels + c) << 2)
        for (let k: u32 = 0; k < columns; k++) {
          sum += load<u32>(at)
          at += channels << 2
        }
        store<T>(to, divided(sum, inverse) as T)
        to += sizeof<T>()
      }
    }
  }
}

export function averageU8(
  src: usize, dst: usize, width: u32, height: u32, channels: u32, step: u32, sums: usize,
): void {
  average<u8>(src, dst, width, height, channels, step, sums)
}

export function averageU16(
  src: usize, dst: usize, width: u32, height: u32, channels: u32, step: u32, sums: usize,
): void {
  average<u16>(src, dst, width, height, channels, step, sums)
}
