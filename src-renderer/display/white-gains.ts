import { type BayerColour, bayerColour } from '../../src-shared/frames/bayer-pattern.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import { type ColourGains, evenGains, type FramePixels } from './display-types.ts'

/** Share of the pixels that are darker than white. */
const whiteShare = 0.98
/** Pixels that are looked at, about. */
const samples = 60_000
const largestGain = 8

const channelOf: Record<BayerColour, 0 | 1 | 2> = { red: 0, green: 1, blue: 2 }

/**
 * Factors that make the brightest parts of an image white: each colour's 98 % percentile above `low` (ADU) becomes that
 * of the strongest colour. Of grey images, and of dark ones, there is nothing to be balanced.
 */
export function whiteGains({ frame, pixels }: FramePixels, low: number): ColourGains {
  const { kind, channels, pattern } = planeLayout(frame.pixelFormat)
  if (kind === 'mono' || kind === 'real') return evenGains
  const { width, height } = frame
  const colours: [number[], number[], number[]] = [[], [], []]
  // An odd step meets all places of a mosaic.
  const step = 2 * Math.floor(Math.sqrt((width * height) / samples) / 2) + 1
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * channels
      if (pattern !== undefined) colours[channelOf[bayerColour(pattern, x, y)]].push(pixels[at] ?? 0)
      else for (const channel of [0, 1, 2] as const) colours[channel].push(pixels[at + channel] ?? 0)
    }
  }
  const [red, green, blue] = colours.map((values) => white(values) - low)
  if (red === undefined || green === undefined || blue === undefined) return evenGains
  if (Math.min(red, green, blue) <= 0) return evenGains
  const strongest = Math.max(red, green, blue)
  const gain = (value: number) => Math.min(largestGain, strongest / value)
  return [gain(red), gain(green), gain(blue)]
}

function white(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor((sorted.length - 1) * whiteShare)] ?? 0
}
