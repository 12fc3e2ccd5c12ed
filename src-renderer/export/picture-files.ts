/** Pictures one by one: PNG as they are shown, or PNG with the values of the camera. */
import { encode } from 'fast-png'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink, ValueSink } from './picture-sink.ts'
import { ZipFile } from './zip-file.ts'

/** What the canvas shows, 8 bits per colour. */
export class ShownPictures implements PictureSink {
  readonly #canvas: OffscreenCanvas
  readonly #zip: ZipFile

  constructor(canvas: OffscreenCanvas, file: ExportFile) {
    this.#canvas = canvas
    this.#zip = new ZipFile(file)
  }

  async add({ name }: DrawnPicture): Promise<void> {
    await this.#zip.add({
      name: `${name}.png`,
      input: await this.#canvas.convertToBlob({ type: 'image/png' }),
    })
  }

  finish(): Promise<void> {
    return this.#zip.finish()
  }
}

/** 16-bit grey (8 where the camera has no more; RGB of colour images), the mosaic of Bayer images as it is. */
export class RawPictures implements ValueSink {
  readonly #zip: ZipFile

  constructor(file: ExportFile) {
    this.#zip = new ZipFile(file)
  }

  async add(image: ImagePixels, name: string): Promise<void> {
    if (!('pixels' in image)) throw new Error('A picture without pixel values')
    const { pixels, width, height, kind } = image
    if (pixels instanceof Float32Array)
      throw new CoverslipError('INVALID_INPUT', 'The values are real numbers, which PNG files cannot hold', {
        hint: 'Download the file itself, or export pictures as they are shown.',
      })
    const depth = pixels instanceof Uint16Array ? 16 : 8
    const png = encode({ width, height, data: pixels, depth, channels: kind === 'rgb' ? 3 : 1 })
    await this.#zip.add({ name: `${name}.png`, input: new Uint8Array(png) })
  }

  finish(): Promise<void> {
    return this.#zip.finish()
  }
}
