/** Animated GIF, each picture with 256 colours of its own: the very ones where it has no more, as grey ones do. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc'
import { exactColours } from './exact-colours.ts'
import { FileAppender, type ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'

const mostColours = 256
/** GIF counts in hundredths of a second, and players show nothing shorter than two of them. */
const shortestMs = 20

type Coloured = { readonly palette: number[][]; readonly index: Uint8Array }

function nearColours(rgba: Uint8ClampedArray): Coloured {
  const palette = quantize(rgba, mostColours)
  return { palette, index: applyPalette(rgba, palette) }
}

export class GifFile implements PictureSink {
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #file: FileAppender
  readonly #encoder = GIFEncoder({ auto: false })
  #pictures = 0

  constructor(context: OffscreenCanvasRenderingContext2D, file: ExportFile) {
    this.#context = context
    this.#file = new FileAppender(file)
  }

  async add({ atS, durationS }: DrawnPicture): Promise<void> {
    const { width, height } = this.#context.canvas
    const { data } = this.#context.getImageData(0, 0, width, height)
    const { palette, index } = exactColours(data) ?? nearColours(data)
    const first = this.#pictures++ === 0
    if (first) this.#encoder.writeHeader()
    // The difference of rounded times, so that no error adds up.
    const rounded = (seconds: number) => Math.round(seconds * 100) * 10
    const delay = Math.max(shortestMs, rounded(atS + durationS) - rounded(atS))
    this.#encoder.writeFrame(index, width, height, { palette, delay, first, repeat: 0 })
    await this.#flush()
  }

  async finish(): Promise<void> {
    this.#encoder.finish()
    await this.#flush()
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    const bytes = this.#encoder.bytes()
    this.#encoder.reset()
    await this.#file.append(bytes)
  }
}
