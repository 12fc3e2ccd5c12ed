const mostColours = 256
/** Four times as many as there may be colours, a power of two: they are found at the first look, mostly. */
const slots = 1024

const keys = new Uint32Array(slots)
/** Of the colour in the palette; -1: the slot is free. */
const numbers = new Int16Array(slots)

/**
 * The colours of a picture, if there are no more than 256.
 * @param rgba four bytes per pixel; alpha is left out
 * @returns the colours as `[red, green, blue]`, and the number of each pixel's
 */
export function exactColours(
  rgba: Uint8ClampedArray,
): { readonly palette: number[][]; readonly index: Uint8Array } | undefined {
  numbers.fill(-1)
  const palette: number[][] = []
  const index = new Uint8Array(rgba.length / 4)
  for (let pixel = 0; pixel < index.length; pixel++) {
    const red = rgba[4 * pixel] ?? 0
    const green = rgba[4 * pixel + 1] ?? 0
    const blue = rgba[4 * pixel + 2] ?? 0
    const key = (red << 16) | (green << 8) | blue
    let slot = (Math.imul(key, 0x9e3779b1) >>> 22) & (slots - 1)
    while (numbers[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & (slots - 1)
    if (numbers[slot] === -1) {
      if (palette.length === mostColours) return undefined
      keys[slot] = key
      numbers[slot] = palette.length
      palette.push([red, green, blue])
    }
    index[pixel] = numbers[slot] ?? 0
  }
  return { palette, index }
}
