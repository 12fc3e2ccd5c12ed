// LZ4 block format (github.com/lz4/lz4, doc/lz4_Block_format.md). Every length and offset is checked.
// Short copies are done 16 bytes at a time where there is room for it; the excess is overwritten by what follows.

/** Row n: the indexes 0..15 modulo n, to repeat a pattern of n bytes. */
const repeat = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
  0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
  0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
])

/**
 * Decodes the block of `length` bytes at `src` to `dst`, which has room for `capacity` bytes.
 * Returns the number of bytes written, or -1 when the block is malformed or does not fit.
 */
export function lz4DecodeBlock(src: usize, length: u32, dst: usize, capacity: u32): i32 {
  let from = src
  const end = src + length
  let to = dst
  const limit = dst + capacity
  while (from < end) {
    const token: u32 = load<u8>(from++)

    let literals: usize = token >> 4
    if (literals == 15) {
      let more: u32 = 255
      while (more == 255) {
        if (from >= end) return -1
        more = load<u8>(from++)
        literals += more
      }
    }
    if (literals > end - from || literals > limit - to) return -1
    if (literals <= 64 && end - from >= 64 && limit - to >= 64) {
      for (let i: usize = 0; i < literals; i += 16) v128.store(to + i, v128.load(from + i))
    } else {
      memory.copy(to, from, literals)
    }
    from += literals
    to += literals
    // The last sequence has no match.
    if (from == end) return (to - dst) as i32

    if (end - from < 2) return -1
    const offset: usize = load<u16>(from)
    from += 2
    if (offset == 0 || offset > to - dst) return -1
    let match: usize = (token & 15) + 4
    if (match == 19) {
      let more: u32 = 255
      while (more == 255) {
        if (from >= end) return -1
        more = load<u8>(from++)
        match += more
      }
    }
    if (match > limit - to) return -1
    if (limit - to - match < 16) {
      for (let i: usize = 0; i < match; i++) store<u8>(to + i, load<u8>(to - offset + i))
    } else if (offset >= 16) {
      for (let i: usize = 0; i < match; i += 16) v128.store(to + i, v128.load(to - offset + i))
    } else {
      const pattern = i8x16.swizzle(v128.load(to - offset), v128.load(repeat + (offset << 4)))
      const whole = load<u8>(periods + offset) as usize
      for (let i: usize = 0; i < match; i += whole) v128.store(to + i, pattern)
    }
    to += match
  }
  return -1
}

/** Entry n: the largest multiple of n up to 16. */
const periods = memory.data<u8>([0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15])
