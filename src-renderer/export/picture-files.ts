/** Pictures one by one: PNG as they are shown, or PNG with the values of the camera. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink, StoredValues, ValueSink } from './picture-sink.ts'
import { valuePng } from './value-png.ts'
import { ZipFile } from './zip-file.ts'

/** A ZIP file of PNGs: each is encoded and written while the picture after it is made. */
class PngZip {
  readonly #zip: ZipFile
  #last: Promise<void> = Promise.resolve()

  constructor(file: ExportFile) {
    this.#zip = new ZipFile(file)
  }

  /** Resolves when those before are written. @throws why one of those before could not be */
  async add(name: string, png: Promise<Uint8Array>): Promise<void> {
    const before = this.#last
    this.#last = before.then(async () => this.#zip.add(`${name}.png`, await png))
    // Both are told of when the picture after it comes, or the end.
    for (const part of [png, this.#last]) part.catch(() => undefined)
    await before
  }

  async finish(): Promise<void> {
    await this.#last
    await this.#zip.finish()
  }
}

/** What the canvas shows, 8 bits per colour. */
export class ShownPictures implements PictureSink {
  readonly #canvas: OffscreenCanvas
  readonly #zip: PngZip

  constructor(canvas: OffscreenCanvas, file: ExportFile) {
    this.#canvas = canvas
    this.#zip = new PngZip(file)
  }

  add({ name }: DrawnPicture): Promise<void> {
    return this.#zip.add(name, this.#png())
  }

  finish(): Promise<void> {
    return this.#zip.finish()
  }

  async #png(): Promise<Uint8Array> {
    // It copies what the canvas shows when it is called.
    const png = await this.#canvas.convertToBlob({ type: 'image/png' })
    return new Uint8Array(await png.arrayBuffer())
  }
}

/** 16-bit grey (8 where the camera has no more; RGB of colour images), the mosaic of Bayer images as it is. */
export class RawPictures implements ValueSink {
  readonly #zip: PngZip

  constructor(file: ExportFile) {
    this.#zip = new PngZip(file)
  }

  async add(image: ImagePixels, { name }: StoredValues): Promise<void> {
    if (!('pixels' in image)) throw new Error('A picture without pixel values')
    const { pixels, width, height, kind } = image
    if (pixels instanceof Float32Array)
      throw new CoverslipError('INVALID_INPUT', 'The values are real numbers, which PNG files cannot hold', {
        hint: 'Export them as OME-TIFF.',
      })
    await this.#zip.add(name, valuePng({ width, height, channels: kind === 'rgb' ? 3 : 1, pixels }))
  }

  finish(): Promise<void> {
    return this.#zip.finish()
  }
}
