// Bilinear interpolation out of a square tile of u16.

/**
 * Fills the rectangle `left` <= x < `right`, `top` <= y < `bottom` of the image `dst` (f32, rows of `stride`) with
 * `scale` times the tile's value at (x0 + x * ratio, y0 + y * ratio), clamped to the tile. The tile has `size` rows of
 * `size` values, and 16 bytes of anything after them.
 */
export function resampleTile(
  tile: usize, size: u32, dst: usize, stride: u32, left: u32, right: u32, top: u32, bottom: u32,
  x0: f64, y0: f64, ratio: f64, scale: f32,
): void {
  const last = (size - 1) as f64
  for (let y = top; y < bottom; y++) {
    const yAt = min(last, max(0, y0 + (y as f64) * ratio))
    const line = min(size - 2, yAt as u32)
    const lower = (yAt - (line as f64)) as f32 * scale
    const upper = scale - lower
    const above = tile + ((line * size) << 1)
    const below = above + (size << 1)
    const row = dst + ((y * stride) << 2)
    if (ratio == 1) shiftedRow(above, below, row, left, right, min(last - ((right - left - 1) as f64), max(0, x0 + (left as f64))), upper, lower)
    else {
      for (let x = left; x < right; x++) {
        const xAt = min(last, max(0, x0 + (x as f64) * ratio))
        const column = min(size - 2, xAt as u32)
        const share = (xAt - (column as f64)) as f32
        store<f32>(row + (x << 2), between(above, below, column, share, upper, lower))
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function between(above: usize, below: usize, column: u32, share: f32, upper: f32, lower: f32): f32 {
  const a = above + (column << 1)
  const b = below + (column << 1)
  const near = (load<u16>(a) as f32) * upper + (load<u16>(b) as f32) * lower
  const far = (load<u16>(a, 2) as f32) * upper + (load<u16>(b, 2) as f32) * lower
  return near + (far - near) * share
}

// @ts-ignore: decorator
@inline
function four(pointer: usize): v128 {
  return f32x4.convert_i32x4_u(v128.load_ext<u16>(pointer))
}

/** A row of a tile at the image's own scale: all pixels lie equally between two columns. */
// @ts-ignore: decorator
@inline
function shiftedRow(above: usize, below: usize, row: usize, left: u32, right: u32, xAt: f64, upper: f32, lower: f32): void {
  let column = xAt as u32
  const share = (xAt - (column as f64)) as f32
  const a = f32x4.splat(upper * (1 - share))
  const b = f32x4.splat(upper * share)
  const c = f32x4.splat(lower * (1 - share))
  const d = f32x4.splat(lower * share)
  let x = left
  for (; x + 4 <= right; x += 4) {
    const p = above + (column << 1)
    const q = below + (column << 1)
    const first = f32x4.add(f32x4.mul(four(p), a), f32x4.mul(four(p + 2), b))
    const second = f32x4.add(f32x4.mul(four(q), c), f32x4.mul(four(q + 2), d))
    v128.store(row + (x << 2), f32x4.add(first, second))
    column += 4
  }
  for (; x < right; x++) {
    store<f32>(row + (x << 2), between(above, below, column, share, upper, lower))
    column++
  }
}
