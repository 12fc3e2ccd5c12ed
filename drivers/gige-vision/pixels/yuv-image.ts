/**
 * YUV 4:2:2 as RGB: two pixels in four bytes share U and V, so a pixel can depend on bytes of two packets. Their runs
 * are therefore laid down as they are, and made into pixels when the image is complete.
 */

/** Where Y0, U, Y1 and V lie in their four bytes. */
type Yuv422Order = { readonly y0: number; readonly u: number; readonly y1: number; readonly v: number }

/** The order of YUV422_8_UYVY. */
export const uyvy: Yuv422Order = { u: 0, y0: 1, v: 2, y1: 3 }
/** The order of YUV422_8. */
export const yuyv: Yuv422Order = { y0: 0, u: 1, y1: 2, v: 3 }

/**
 * Makes the YUV bytes at the beginning of `target` into RGB, in place. Full range, ITU-R BT.601, as PFNC defines YUV.
 * A last pixel without a partner has no V, or no U: it is made grey.
 */
export function finishYuv422(order: Yuv422Order): (target: Uint8Array, pixels: number) => void {
  const { y0, u, y1, v } = order
  return (target, pixels) => {
    const pairs = pixels >> 1
    if (pixels % 2 === 1) putRgb(target, 6 * pairs, target[4 * pairs + y0] ?? 0, 0, 0)
    // From the end: six bytes of RGB only overwrite YUV bytes that were read.
    for (let pair = pairs - 1; pair >= 0; pair--) {
      const from = 4 * pair
      const first = target[from + y0] ?? 0
      const second = target[from + y1] ?? 0
      const blueness = (target[from + u] ?? 0) - 128
      const redness = (target[from + v] ?? 0) - 128
      putRgb(target, 6 * pair, first, blueness, redness)
      putRgb(target, 6 * pair + 3, second, blueness, redness)
    }
  }
}

/** Coefficients 1.402, 0.344136, 0.714136, 1.772 in 1/65536. */
function putRgb(target: Uint8Array, to: number, y: number, u: number, v: number): void {
  target[to] = clamped(y + ((91_881 * v + 32_768) >> 16))
  target[to + 1] = clamped(y - ((22_553 * u + 46_802 * v + 32_768) >> 16))
  target[to + 2] = clamped(y + ((116_130 * u + 32_768) >> 16))
}

function clamped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}
