/** Bayer mosaics: each pixel has one colour, in a pattern of 2 x 2 that repeats. */

/** The first two colours of the first row, as in the names of the PFNC: `RG` is `RG` above `GB`. */
export const bayerPatterns = ['RG', 'GR', 'GB', 'BG'] as const
/** A pattern, called by its colours row by row. */
export type BayerPattern = (typeof bayerPatterns)[number]

/** Colour of one pixel of a mosaic. */
export type BayerColour = 'red' | 'green' | 'blue'

/** Where the red pixel lies in the pattern's 2 x 2; the blue one lies diagonally across. */
export const redOf: Readonly<Record<BayerPattern, { readonly x: 0 | 1; readonly y: 0 | 1 }>> = {
  RG: { x: 0, y: 0 },
  GR: { x: 1, y: 0 },
  GB: { x: 0, y: 1 },
  BG: { x: 1, y: 1 },
}

/** The colour of the pixel in column `x` of row `y`. */
export function bayerColour(pattern: BayerPattern, x: number, y: number): BayerColour {
  const red = redOf[pattern]
  const [redColumn, redRow] = [x % 2 === red.x, y % 2 === red.y]
  if (redColumn !== redRow) return 'green'
  return redRow ? 'red' : 'blue'
}
