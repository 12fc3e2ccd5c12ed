// Bilinear interpolation of a Bayer mosaic: each pixel keeps its own colour, and takes the other two from the rounded
// mean of the nearest pixels that have them. Beyond the edges the mosaic is mirrored at the outermost pixels, which
// keeps its pattern.

/** Rounded mean of four bytes per lane: `avgr` rounds up twice, which is one too much where these bits say so. */
// @ts-ignore: decorator
@inline
function mean4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i8x16.avgr_u(a, b)
  const cd = i8x16.avgr_u(c, d)
  const excess = v128.and(v128.and(v128.or(v128.xor(a, b), v128.xor(c, d)), v128.xor(ab, cd)), i8x16.splat(1))
  return i8x16.sub(i8x16.avgr_u(ab, cd), excess)
}

/** `at` mirrored into 0 to `length` - 1; `at` lies at most one beyond. */
// @ts-ignore: decorator
@inline
function mirrored(at: i32, length: i32): i32 {
  const inside = at < 0 ? 1 : at >= length ? length - 2 : at
  return max(0, min(length - 1, inside))
}

/** One pixel to the three bytes at `to`; `above`, `row` and `below` point to the rows. `own`: not a green one. */
// @ts-ignore: decorator
@inline
function pixel(above: usize, row: usize, below: usize, x: i32, width: i32, own: bool, redRow: bool, to: usize): void {
  const left = mirrored(x - 1, width)
  const right = mirrored(x + 1, width)
  const centre = load<u8>(row + x) as u32
  const across = (load<u8>(row + left) as u32) + load<u8>(row + right)
  const along = (load<u8>(above + x) as u32) + load<u8>(below + x)
  const corners =
    (load<u8>(above + left) as u32) + load<u8>(above + right) + load<u8>(below + left) + load<u8>(below + right)
  // The colour of this row's pixels that are not green, and that of the rows next to it.
  const here = own ? centre : (across + 1) >> 1
  const there = own ? (corners + 2) >> 2 : (along + 1) >> 1
  store<u8>(to, redRow ? here : there)
  store<u8>(to, own ? (across + along + 2) >> 2 : centre, 1)
  store<u8>(to, redRow ? there : here, 2)
}

/** Sixteen pixels from column `x` on, with a neighbour at either side; `own`: lanes that are not green. */
// @ts-ignore: decorator
@inline
function pixels(above: usize, row: usize, below: usize, own: v128, redRow: bool, to: usize): void {
  const left = v128.load(row - 1)
  const centre = v128.load(row)
  const right = v128.load(row + 1)
  const up = v128.load(above)
  const down = v128.load(below)
  const corners = mean4(v128.load(above - 1), v128.load(above + 1), v128.load(below - 1), v128.load(below + 1))
  const here = v128.bitselect(centre, i8x16.avgr_u(left, right), own)
  const there = v128.bitselect(corners, i8x16.avgr_u(up, down), own)
  const green = v128.bitselect(mean4(left, right, up, down), centre, own)
  const red = redRow ? here : there
  const blue = redRow ? there : here
  // R G B R G B ...: red and green first, then blue where 0 holds its place.
  const a = i8x16.shuffle(red, green, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5)
  const b = i8x16.shuffle(red, green, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26)
  const c = i8x16.shuffle(red, green, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0)
  v128.store(to, i8x16.shuffle(a, blue, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15))
  v128.store(to, i8x16.shuffle(b, blue, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16)
  v128.store(to, i8x16.shuffle(c, blue, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32)
}

/**
 * `width` x `height` bytes of mosaic at `src` to RGB at `dst`, which must not overlap. The red pixels lie where column
 * and row are odd or even as `redX` and `redY` (0 or 1) are.
 */
export function debayerU8(src: usize, dst: usize, width: i32, height: i32, redX: i32, redY: i32): void {
  const evenLanes = i16x8.splat(0x00ff)
  const oddLanes = i16x8.splat(0xff00 as i16)
  for (let y = 0; y < height; y++) {
    const row = src + (y as usize) * width
    const above = src + (mirrored(y - 1, height) as usize) * width
    const below = src + (mirrored(y + 1, height) as usize) * width
    const redRow = (y & 1) == redY
    // Columns of the pixels that are not green: red ones here, or blue ones.
    const ownX = redRow ? redX : redX ^ 1
    let to = dst + (y as usize) * width * 3
    let x = 0
    if (width > 0) pixel(above, row, below, x++, width, ownX == 0, redRow, to)
    to += 3
    // From column 1 on, in steps of 16: the first lane is always an odd column.
    const own = ownX == 1 ? evenLanes : oddLanes
    for (; x + 17 <= width; x += 16) {
      pixels(above + x, row + x, below + x, own, redRow, to)
      to += 48
    }
    for (; x < width; x++) {
      pixel(above, row, below, x, width, (x & 1) == ownX, redRow, to)
      to += 3
    }
  }
}
