/** Pictures one by one: PNG as they are shown, or PNG with the values of the camera. */
import { encode } from 'fast-png'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink, StoredValues, ValueSink } from './picture-sink.ts'
import { ZipFile } from './zip-file.ts'

/** What the canvas shows, 8 bits per colour. */
export class ShownPictures implements PictureSink {
  readonly #canvas: OffscreenCanvas
  readonly #zip: ZipFile
  /** The picture before is encoded and written while the next one is drawn. */
  #last: Promise<void> = Promise.resolve()

  constructor(canvas: OffscreenCanvas, file: ExportFile) {
    this.#canvas = canvas
    this.#zip = new ZipFile(file)
  }

  async add({ name }: DrawnPicture): Promise<void> {
    // It copies what the canvas shows when it is called.
    const png = this.#canvas.convertToBlob({ type: 'image/png' })
    const before = this.#last
    this.#last = before.then(async () =>
      this.#zip.add(`${name}.png`, new Uint8Array(await (await png).arrayBuffer())),
    )
    // Both are told of when the picture after it comes, or the end.
    for (const part of [png, this.#last]) part.catch(() => undefined)
    await before
  }

  async finish(): Promise<void> {
    await this.#last
    await this.#zip.finish()
  }
}

/** Noise, which camera images are full of, does not become smaller by longer trying. */
const zlib = { level: 1 } as const

/** 16-bit grey (8 where the camera has no more; RGB of colour images), the mosaic of Bayer images as it is. */
export class RawPictures implements ValueSink {
  readonly #zip: ZipFile

  constructor(file: ExportFile) {
    this.#zip = new ZipFile(file)
  }

  async add(image: ImagePixels, { name }: StoredValues): Promise<void> {
    if (!('pixels' in image)) throw new Error('A picture without pixel values')
    const { pixels, width, height, kind } = image
    if (pixels instanceof Float32Array)
      throw new CoverslipError('INVALID_INPUT', 'The values are real numbers, which PNG files cannot hold', {
        hint: 'Export them as OME-TIFF.',
      })
    const depth = pixels instanceof Uint16Array ? 16 : 8
    const png = encode({ width, height, data: pixels, depth, channels: kind === 'rgb' ? 3 : 1 }, { zlib })
    await this.#zip.add(`${name}.png`, png)
  }

  finish(): Promise<void> {
    return this.#zip.finish()
  }
}
