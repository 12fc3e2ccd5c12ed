// Bayer mosaics: blocks of 2 step x 2 step pixels become 2 x 2, so that the pattern stays. Blocks at the right and lower
// edge may be smaller. The reduced image may overwrite its source (dst = src); `step` is 2 or more.
import { addRow, divided, inverseOf } from './reduce'

/** The first two pixels of every `step` pairs, of each of `rows` rows. */
// @ts-ignore: decorator
@inline
function sampleMosaic<T>(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  let to = dst
  for (let y: u32 = 0; y < rows; y++) {
    const from = src + (y as usize) * width * sizeof<T>()
    for (let x: u32 = 0; x < width; x += 2 * step) {
      const end = min(x + 2, width)
      for (let k = x; k < end; k++) {
        store<T>(to, load<T>(from + k * sizeof<T>()))
        to += sizeof<T>()
      }
    }
  }
}

export function sampleMosaicU8(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  sampleMosaic<u8>(src, dst, width, rows, step)
}

export function sampleMosaicU16(src: usize, dst: usize, width: u32, rows: u32, step: u32): void {
  sampleMosaic<u16>(src, dst, width, rows, step)
}

/** Rounded means of the pixels of equal place in the pattern, block by block. `sums`: `width` u32. */
// @ts-ignore: decorator
@inline
function averageMosaic<T>(src: usize, dst: usize, width: u32, height: u32, step: u32, sums: usize): void {
  const block = 2 * step
  const row = (width as usize) * sizeof<T>()
  let to = dst
  for (let top: u32 = 0; top < height; top += block) {
    const bottom = min(top + block, height)
    // The rows of red and green, then those of green and blue, or the other way round.
    for (let y = top; y < min(top + 2, height); y++) {
      memory.fill(sums, 0, (width as usize) << 2)
      let rows: u32 = 0
      for (let r = y; r < bottom; r += 2) {
        addRow<T>(src + (r as usize) * row, sums, width)
        rows++
      }
      for (let left: u32 = 0; left < width; left += block) {
        const right = min(left + block, width)
        for (let x = left; x < min(left + 2, width); x++) {
          const pixels = rows * ((right - x + 1) >> 1)
          let sum: u32 = pixels >> 1
          for (let k = x; k < right; k += 2) sum += load<u32>(sums + ((k as usize) << 2))
          store<T>(to, divided(sum, inverseOf(pixels)) as T)
          to += sizeof<T>()
        }
      }
    }
  }
}

export function averageMosaicU8(src: usize, dst: usize, width: u32, height: u32, step: u32, sums: usize): void {
  averageMosaic<u8>(src, dst, width, height, step, sums)
}

export function averageMosaicU16(src: usize, dst: usize, width: u32, height: u32, step: u32, sums: usize): void {
  averageMosaic<u16>(src, dst, width, height, step, sums)
}
