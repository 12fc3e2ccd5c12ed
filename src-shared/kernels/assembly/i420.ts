// ITU-R BT.601 in limited range (black 16, white 235), in 8-bit fixed point.

/** `width` x `height` (both even) RGB at `src` to the planes Y, U and V at `dst`; colours are means of 2 x 2 pixels. */
export function rgbToI420(src: usize, dst: usize, width: u32, height: u32): void {
  const pixels = (width as usize) * height
  const row = (width as usize) * 3
  let u = dst + pixels
  let v = u + (pixels >> 2)
  for (let y: u32 = 0; y < height; y += 2) {
    let upper = src + y * row
    let to = dst + (y as usize) * width
    for (let x: u32 = 0; x < width; x += 2) {
      let red: i32 = 0
      let green: i32 = 0
      let blue: i32 = 0
      for (let k: u32 = 0; k < 4; k++) {
        const at = upper + (k & 1) * 3 + (k >> 1) * row
        const r = load<u8>(at) as i32
        const g = load<u8>(at, 1) as i32
        const b = load<u8>(at, 2) as i32
        store<u8>(to + (k & 1) + (k >> 1) * (width as usize), ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16)
        red += r
        green += g
        blue += b
      }
      // The sums are of four pixels.
      store<u8>(u, ((-38 * red - 74 * green + 112 * blue + 512) >> 10) + 128)
      store<u8>(v, ((112 * red - 94 * green - 18 * blue + 512) >> 10) + 128)
      u += 1
      v += 1
      upper += 6
      to += 2
    }
  }
}
