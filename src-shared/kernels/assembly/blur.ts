// Gaussian pyramids of f32 images. Edges are repeated.

/** Means of 2 x 2 pixels: `src` of width x height to `dst` of ceil(width / 2) x ceil(height / 2). */
export function halveImage(src: usize, width: u32, height: u32, dst: usize): void {
  const halfWidth = (width + 1) >> 1
  const halfHeight = (height + 1) >> 1
  const quarter = f32x4.splat(0.25)
  for (let y: u32 = 0; y < halfHeight; y++) {
    const upper = src + ((2 * y * width) << 2)
    const lower = src + ((min(2 * y + 1, height - 1) * width) << 2)
    const row = dst + ((y * halfWidth) << 2)
    let x: u32 = 0
    for (; (x << 1) + 8 <= width; x += 4) {
      const at = x << 3
      const a = f32x4.add(v128.load(upper + at), v128.load(lower + at))
      const b = f32x4.add(v128.load(upper + at, 16), v128.load(lower + at, 16))
      const even = v128.shuffle<f32>(a, b, 0, 2, 4, 6)
      const odd = v128.shuffle<f32>(a, b, 1, 3, 5, 7)
      v128.store(row + (x << 2), f32x4.mul(f32x4.add(even, odd), quarter))
    }
    for (; x < halfWidth; x++) {
      const near = (2 * x) << 2
      const far = min(2 * x + 1, width - 1) << 2
      const sum = load<f32>(upper + near) + load<f32>(upper + far) + load<f32>(lower + near) + load<f32>(lower + far)
      store<f32>(row + (x << 2), 0.25 * sum)
    }
  }
}

/** Binomial blur of width 5 in both directions. `line` has room for width + 8 values. */
export function blurImage(src: usize, width: u32, height: u32, dst: usize, line: usize): void {
  const four = f32x4.splat(4)
  const six = f32x4.splat(6)
  const share = f32x4.splat(1.0 / 256)
  const first = line + 8
  const stride = width << 2
  for (let y: u32 = 0; y < height; y++) {
    const c = src + y * stride
    const b = y > 0 ? c - stride : c
    const a = y > 1 ? b - stride : b
    const d = y + 1 < height ? c + stride : c
    const e = y + 2 < height ? d + stride : d
    let x: u32 = 0
    for (; x + 4 <= width; x += 4) {
      const at = x << 2
      const outer = f32x4.add(v128.load(a + at), v128.load(e + at))
      const inner = f32x4.mul(f32x4.add(v128.load(b + at), v128.load(d + at)), four)
      v128.store(first + at, f32x4.add(f32x4.add(outer, inner), f32x4.mul(v128.load(c + at), six)))
    }
    for (; x < width; x++) {
      const at = x << 2
      const outer = load<f32>(a + at) + load<f32>(e + at)
      const inner: f32 = <f32>4 * (load<f32>(b + at) + load<f32>(d + at))
      store<f32>(first + at, outer + inner + <f32>6 * load<f32>(c + at))
    }
    const start = load<f32>(first)
    store<f32>(line, start)
    store<f32>(line, start, 4)
    const end = load<f32>(first + stride - 4)
    store<f32>(first + stride, end)
    store<f32>(first + stride, end, 4)
    const row = dst + y * stride
    x = 0
    for (; x + 4 <= width; x += 4) {
      const at = line + (x << 2)
      const outer = f32x4.add(v128.load(at), v128.load(at, 16))
      const inner = f32x4.mul(f32x4.add(v128.load(at, 4), v128.load(at, 12)), four)
      const sum = f32x4.add(f32x4.add(outer, inner), f32x4.mul(v128.load(at, 8), six))
      v128.store(row + (x << 2), f32x4.mul(sum, share))
    }
    for (; x < width; x++) {
      const at = line + (x << 2)
      const outer = load<f32>(at) + load<f32>(at, 16)
      const inner: f32 = <f32>4 * (load<f32>(at, 4) + load<f32>(at, 12))
      store<f32>(row + (x << 2), (outer + inner + <f32>6 * load<f32>(at, 8)) * (1.0 / 256))
    }
  }
}

/**
 * Row `y` of the image `src` (width x height) enlarged `factor` times (a power of two), bilinearly: `count` values to
 * `dst`, which has room for 16 bytes more.
 */
export function enlargeRow(src: usize, width: u32, height: u32, factor: u32, y: u32, dst: usize, count: u32): void {
  if (factor == 1) {
    memory.copy(dst, src + ((y * width) << 2), count << 2)
    return
  }
  const yAt = min((height - 1) as f32, max<f32>(0, ((y as f32) + 0.5) / (factor as f32) - 0.5))
  const line = yAt as u32
  const v = yAt - (line as f32)
  const upper = src + ((line * width) << 2)
  const lower = src + ((min(line + 1, height - 1) * width) << 2)
  const half = factor >> 1
  let left = sample(upper, lower, 0, v)
  for (let x: u32 = 0; x < min(half, count); x++) store<f32>(dst + (x << 2), left)
  let x = half
  for (let column: u32 = 1; x < count; column++) {
    const right = column < width ? sample(upper, lower, column, v) : left
    const slope = (right - left) / (factor as f32)
    const end = min(count, x + factor)
    let value = left + 0.5 * slope
    if (factor >= 4) {
      let values = f32x4.add(f32x4.splat(value), f32x4.mul(f32x4.splat(slope), f32x4(0, 1, 2, 3)))
      const step = f32x4.splat(4 * slope)
      // May write up to three values too many, which the next ones replace.
      for (; x < end; x += 4) {
        v128.store(dst + (x << 2), values)
        values = f32x4.add(values, step)
      }
      x = end
    } else {
      for (; x < end; x++) {
        store<f32>(dst + (x << 2), value)
        value += slope
      }
    }
    left = right
  }
}

// @ts-ignore: decorator
@inline
function sample(upper: usize, lower: usize, column: u32, v: f32): f32 {
  const above = load<f32>(upper + (column << 2))
  return above + (load<f32>(lower + (column << 2)) - above) * v
}

/** a + (b - a) * share, for `count` values rounded up to a multiple of 4; `dst` may be `a` or `b`. */
export function mixRows(a: usize, b: usize, dst: usize, count: u32, share: f32): void {
  const shares = f32x4.splat(share)
  for (let i: u32 = 0; i < count; i += 4) {
    const at = i << 2
    const from = v128.load(a + at)
    v128.store(dst + at, f32x4.add(from, f32x4.mul(f32x4.sub(v128.load(b + at), from), shares)))
  }
}
