/** The values of the camera as an OME-TIFF, which is written as they come. */
import { CoverslipError } from '../../src-shared/errors.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import { BigTiffPages } from './big-tiff-pages.ts'
import { type ExportFile, FileAppender } from './export-file.ts'
import type { StoredValues, ValueSink } from './picture-sink.ts'
import { type StackPlane, stackXml, type ValueStack } from './value-stack.ts'

/** Planes that a description may name: a text has to hold it. */
const mostPlanes = 1_000_000

const bitsOf = { 1: 8, 2: 16, 4: 32 } as const

export class OmeTiffFile implements ValueSink {
  readonly #stack: ValueStack
  readonly #file: FileAppender
  readonly #pages: BigTiffPages
  readonly #planes: StackPlane[] = []

  /** @throws CoverslipError TOO_LARGE */
  constructor(stack: ValueStack, file: ExportFile) {
    if (stack.length * stack.channels.length > mostPlanes)
      throw new CoverslipError('TOO_LARGE', 'An OME-TIFF of more than a million images', {
        hint: 'Export fewer images at a time.',
      })
    this.#stack = stack
    this.#file = new FileAppender(file)
    const { channels, bytesPerSample } = planeLayout(stack.pixelFormat)
    const { width, height, pixelSizeUm } = stack
    const bitsPerSample = bitsOf[bytesPerSample]
    this.#pages = new BigTiffPages({ width, height, channels, bitsPerSample, pixelSizeUm })
  }

  async add(image: ImagePixels, { number, channel, elapsedS }: StoredValues): Promise<void> {
    if (!('pixels' in image)) throw new Error('A picture without pixel values')
    const { buffer, byteOffset, byteLength } = image.pixels
    if (byteLength !== this.#pages.pixelBytes)
      throw new CoverslipError('UNREADABLE_IMAGE', `Image ${number + 1} has another size than the first`, {
        hint: 'Export it as PNG.',
      })
    const page = this.#planes.length
    if (page === 0) await this.#file.append(this.#pages.header())
    // Each page says that another one follows, until the end is known.
    await this.#file.append(this.#pages.directory(page, { last: false }))
    // A copy: what takes it may still have it when it has said that it is written.
    await this.#file.append(new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)))
    await this.#file.append(new Uint8Array(this.#pages.padding))
    this.#planes.push({ number, channel, elapsedS })
  }

  async finish(): Promise<void> {
    const count = this.#planes.length
    if (count === 0)
      throw new CoverslipError('UNKNOWN_IMAGE', 'None of the images is there', {
        hint: 'Choose another range.',
      })
    const text = new TextEncoder().encode(`${stackXml(this.#stack, this.#planes)}\0`)
    const description = { at: this.#pages.at(count), bytes: text.length }
    await this.#file.append(text)
    const ends = { last: count === 1, description }
    await this.#file.replace(this.#pages.at(0), this.#pages.directory(0, ends))
    if (count > 1)
      await this.#file.replace(this.#pages.at(count - 1), this.#pages.directory(count - 1, { last: true }))
    await this.#file.close()
  }
}
