/** Colour tables for grey images. */

/** The colour tables. */
export const luts = [
  'gray',
  'inverted',
  'green',
  'red',
  'blue',
  'magenta',
  'cyan',
  'yellow',
  'fire',
  'viridis',
] as const
/** One of the colour tables. */
export type Lut = (typeof luts)[number]

/** A table by its name, or from black to a CSS colour `#rrggbb`. */
export type ColourTable = Lut | `#${string}`

type Rgb = readonly [number, number, number]

/** Colours at equal distances from black (value at or below the window) to white (at or above), 0–255. */
const stops: Record<Lut, readonly Rgb[]> = {
  gray: [
    [0, 0, 0],
    [255, 255, 255],
  ],
  inverted: [
    [255, 255, 255],
    [0, 0, 0],
  ],
  green: [
    [0, 0, 0],
    [0, 255, 0],
  ],
  red: [
    [0, 0, 0],
    [255, 0, 0],
  ],
  blue: [
    [0, 0, 0],
    [0, 0, 255],
  ],
  magenta: [
    [0, 0, 0],
    [255, 0, 255],
  ],
  cyan: [
    [0, 0, 0],
    [0, 255, 255],
  ],
  yellow: [
    [0, 0, 0],
    [255, 255, 0],
  ],
  // Every 1/8 of ImageJ's "Fire".
  fire: [
    [0, 0, 0],
    [7, 0, 99],
    [98, 0, 179],
    [173, 7, 142],
    [229, 60, 46],
    [255, 126, 0],
    [255, 186, 0],
    [255, 236, 82],
    [255, 255, 255],
  ],
  // Every 1/8 of matplotlib's "viridis" (S. van der Walt, N. Smith; CC0).
  viridis: [
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
  ],
}

const isNamed = (table: ColourTable): table is Lut => luts.some((name) => name === table)

function stopsOf(table: ColourTable): readonly Rgb[] {
  if (isNamed(table)) return stops[table]
  const colour = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(table)
  const part = (index: number) => Number.parseInt(colour?.[index] ?? 'ff', 16)
  return [
    [0, 0, 0],
    [part(1), part(2), part(3)],
  ]
}

/** The table as 256 × RGBA, 1024 bytes. What is no colour counts as white. */
export function lutTable(lut: ColourTable): Uint8Array {
  const colours = stopsOf(lut)
  const table = new Uint8Array(1024)
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * (colours.length - 1)
    const index = Math.min(colours.length - 2, Math.floor(position))
    const from = colours[index] ?? [0, 0, 0]
    const to = colours[index + 1] ?? from
    for (let c = 0; c < 3; c++) {
      const start = from[c] ?? 0
      table[4 * i + c] = Math.round(start + ((to[c] ?? 0) - start) * (position - index))
    }
    table[4 * i + 3] = 255
  }
  return table
}

/** CSS `linear-gradient` of the table, for legends and menus. */
export function lutGradient(lut: ColourTable): string {
  return `linear-gradient(to right, ${stopsOf(lut)
    .map((rgb) => `rgb(${rgb.join(' ')})`)
    .join(', ')})`
}
