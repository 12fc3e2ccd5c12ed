/** What is drawn over pictures, and where. */
import { scaleBarLength } from '../../src-shared/scale-bar.ts'
import type { Size } from '../display/view-transform.ts'
import type { PictureLabel } from './export-plan.ts'

/** A scale bar is at most this part of the picture's width. */
const longestBar = 0.25
const smallestFontPx = 10

/** Where writing and scale bar are in a picture, pixels. */
export type BurntInLayout = {
  readonly fontPx: number
  readonly marginPx: number
  /** Upper left corner and size, and the text above it. */
  readonly bar:
    | {
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
        readonly label: string
      }
    | undefined
}

/** @param pixelSizeUm of a pixel of the picture; undefined: no scale bar */
export function burntInLayout({ width, height }: Size, pixelSizeUm: number | undefined): BurntInLayout {
  const fontPx = Math.max(smallestFontPx, Math.round(Math.min(width, height) / 24))
  const marginPx = Math.round(fontPx * 0.7)
  if (pixelSizeUm === undefined) return { fontPx, marginPx, bar: undefined }
  const { lengthUm, label } = scaleBarLength(width * longestBar * pixelSizeUm)
  const barWidth = Math.max(1, Math.round(lengthUm / pixelSizeUm))
  const barHeight = Math.max(2, Math.round(fontPx / 5))
  const bar = {
    x: width - marginPx - barWidth,
    y: height - marginPx - barHeight,
    width: barWidth,
    height: barHeight,
    label,
  }
  return { fontPx, marginPx, bar }
}

export type BurntIn = {
  /** Above, at the left. */
  readonly time: string | undefined
  /** Below, at the left, one above the other. */
  readonly labels: readonly PictureLabel[]
}

/** Of white, as eyes see it (luma of BT.601): what a letter with a dark edge needs at least. */
const leastLuma = 0.5

/**
 * `#rrggbb`, lightened as far as letters of it need to be read: videos keep colours at half the width and height of the
 * picture, and only differences of brightness at all of it.
 */
export function legibleColour(colour: string): string {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const [red = 255, green = 255, blue = 255] = rgb
  const luma = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
  if (!(luma < leastLuma)) return colour
  const white = (leastLuma - luma) / (1 - luma)
  const lightened = rgb.map((value) => Math.ceil(value + (255 - value) * white))
  return `#${lightened.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** Draws over a picture: white, or in a channel's colour, with a dark edge that can be read on anything. */
export function drawBurntIn(
  context: OffscreenCanvasRenderingContext2D,
  { fontPx, marginPx, bar }: BurntInLayout,
  { time, labels }: BurntIn,
): void {
  const { height } = context.canvas
  context.font = `600 ${fontPx}px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif`
  context.lineJoin = 'round'
  context.lineWidth = Math.max(2, fontPx / 6)
  context.strokeStyle = 'rgb(0 0 0 / 85%)'
  const write = (text: string, x: number, y: number, colour: string) => {
    context.strokeText(text, x, y)
    context.fillStyle = colour
    context.fillText(text, x, y)
  }
  context.textAlign = 'left'
  context.textBaseline = 'top'
  if (time !== undefined) write(time, marginPx, marginPx, '#ffffff')
  context.textBaseline = 'alphabetic'
  for (const [i, { text, colour }] of labels.toReversed().entries())
    write(text, marginPx, height - marginPx - i * fontPx * 1.25, legibleColour(colour))
  if (bar === undefined) return
  const edge = context.lineWidth / 2
  context.fillStyle = context.strokeStyle
  context.fillRect(bar.x - edge, bar.y - edge, bar.width + 2 * edge, bar.height + 2 * edge)
  context.fillStyle = '#ffffff'
  context.fillRect(bar.x, bar.y, bar.width, bar.height)
  context.textAlign = 'center'
  // A text that is longer than its bar stays in the picture.
  const half = context.measureText(bar.label).width / 2
  const middle = Math.min(bar.x + bar.width / 2, context.canvas.width - marginPx - half)
  write(bar.label, middle, bar.y - fontPx * 0.4, '#ffffff')
}
