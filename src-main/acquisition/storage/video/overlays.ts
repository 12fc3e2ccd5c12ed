/** Time stamp and scale bar, drawn into pictures before they are encoded. */
import { elapsedText } from '../../../../src-shared/elapsed-text.ts'
import { scaleBarLength } from '../../../../src-shared/scale-bar.ts'
import { glyphHeight, glyphWidth, inkOf } from './small-font.ts'
import type { VideoPicture } from './picture-maker.ts'

/** Luma of limited range. */
const white = 235
const black = 16
/** A scale bar is at most this part of the picture's width. */
const longestBar = 0.25

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** Draws into pictures of one size. */
export class Overlays {
  readonly #pixelSizeUm: number | undefined
  /** Pixels per dot of the font. */
  readonly #dot: number
  readonly #margin: number

  /** @param pixelSizeUm undefined: no scale bar */
  constructor({
    width,
    height,
    pixelSizeUm,
  }: { width: number; height: number; pixelSizeUm?: number | undefined }) {
    this.#pixelSizeUm = pixelSizeUm
    this.#dot = Math.max(1, Math.round(Math.min(width, height) / 240))
    this.#margin = 4 * this.#dot
  }

  /** @param elapsedS since the first image */
  draw(picture: VideoPicture, elapsedS: number): void {
    const at = this.#margin
    this.#text(picture, elapsedText(elapsedS), { x: at, y: at })
    if (this.#pixelSizeUm !== undefined) this.#scaleBar(picture, this.#pixelSizeUm)
  }

  #scaleBar(picture: VideoPicture, pixelSizeUm: number): void {
    const { lengthUm, label } = scaleBarLength(picture.width * longestBar * pixelSizeUm)
    const length = Math.round(lengthUm / pixelSizeUm)
    const thickness = 2 * this.#dot
    const right = picture.width - this.#margin
    const bar = {
      x: right - length,
      y: picture.height - this.#margin - thickness,
      width: length,
      height: thickness,
    }
    fill(picture, grown(bar, this.#dot), black)
    fill(picture, bar, white)
    const textWidth = this.#textWidth(label)
    const middle = bar.x + length / 2
    const x = Math.round(Math.max(this.#margin, Math.min(right - textWidth, middle - textWidth / 2)))
    this.#text(picture, label, { x, y: bar.y - (glyphHeight + 3) * this.#dot })
  }

  /** White with a black edge, so that it can be read on any image. */
  #text(picture: VideoPicture, text: string, at: { readonly x: number; readonly y: number }): void {
    const dots = text.split('').flatMap((letter, i) =>
      inkOf(letter).map(({ x, y }) => ({
        x: at.x + (x + i * (glyphWidth + 1)) * this.#dot,
        y: at.y + y * this.#dot,
        width: this.#dot,
        height: this.#dot,
      })),
    )
    for (const dot of dots) fill(picture, grown(dot, this.#dot), black)
    for (const dot of dots) fill(picture, dot, white)
  }

  #textWidth(text: string): number {
    return (text.length * (glyphWidth + 1) - 1) * this.#dot
  }
}

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
})

/** Grey of `luma` in `box`, as far as it lies in the picture. */
function fill({ width, height, luma, chroma }: VideoPicture, box: Box, value: number): void {
  const left = Math.max(0, box.x)
  const right = Math.min(width, box.x + box.width)
  const bottom = Math.min(height, box.y + box.height)
  if (left >= right) return
  for (let y = Math.max(0, box.y); y < bottom; y++) {
    luma.fill(value, y * width + left, y * width + right)
    if (chroma === undefined) continue
    const row = (y >> 1) * (width / 2)
    for (const plane of chroma) plane.fill(128, row + (left >> 1), row + ((right + 1) >> 1))
  }
}
