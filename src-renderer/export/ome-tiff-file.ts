/** The values of the camera as an OME-TIFF, which is written as they come. */
import { CoverslipError } from '../../src-shared/errors.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import { BigTiffPages } from './big-tiff-pages.ts'
import { type ExportFile, FileAppender } from './export-file.ts'
import type { StoredValues, ValueSink } from './picture-sink.ts'
import { stackXml } from './stack-xml.ts'
import type { StackPlane, ValueStack } from './value-stack.ts'

/** What is known of each is in memory until the end, as the description of all of them stands there. */
const mostPlanes = 500_000
/** Text of the description that is written at a time, characters. */
const textAtOnce = 2 ** 20

const bitsOf = { 1: 8, 2: 16, 4: 32 } as const

/** The pages of a file with such images. */
function pagesOf({
  width,
  height,
  pixelFormat,
  pixelSizeUm,
}: Pick<ValueStack, 'width' | 'height' | 'pixelFormat' | 'pixelSizeUm'>): BigTiffPages {
  const { channels, bytesPerSample } = planeLayout(pixelFormat)
  return new BigTiffPages({ width, height, channels, bitsPerSample: bitsOf[bytesPerSample], pixelSizeUm })
}

/** How large a file of `images` becomes, without its description. */
export function omeTiffBytes(
  image: Pick<ValueStack, 'width' | 'height' | 'pixelFormat'>,
  images: number,
): number {
  return pagesOf({ ...image, pixelSizeUm: undefined }).at(images)
}

export class OmeTiffFile implements ValueSink {
  readonly #stack: ValueStack
  readonly #file: FileAppender
  readonly #pages: BigTiffPages
  readonly #planes: StackPlane[] = []

  /** @throws CoverslipError TOO_LARGE */
  constructor(stack: ValueStack, file: ExportFile) {
    const { positions, sizeT, sizeZ, channels } = stack
    if (positions.length * sizeT * sizeZ * channels.length > mostPlanes)
      throw new CoverslipError('TOO_LARGE', `An OME-TIFF of more than ${mostPlanes} images`, {
        hint: 'Export fewer images at a time.',
      })
    this.#stack = stack
    this.#file = new FileAppender(file)
    this.#pages = pagesOf(stack)
  }

  async add(image: ImagePixels, { place, channel, facts }: StoredValues): Promise<void> {
    if (!('pixels' in image)) throw new Error('A picture without pixel values')
    const { buffer, byteOffset, byteLength } = image.pixels
    if (byteLength !== this.#pages.pixelBytes)
      throw new CoverslipError(
        'UNREADABLE_IMAGE',
        `Image ${this.#planes.length + 1} has another size than the first`,
        { hint: 'Export it as PNG.' },
      )
    const number = this.#planes.length
    if (number === 0) await this.#file.append(this.#pages.header())
    // Each page says that another one follows, until the end is known.
    const directory = this.#pages.directory(number, { last: false })
    // In memory of its own: what takes it may still have it when it has said that it is written.
    const page = new Uint8Array(directory.length + byteLength + this.#pages.padding)
    page.set(directory)
    page.set(new Uint8Array(buffer, byteOffset, byteLength), directory.length)
    await this.#file.append(page)
    this.#planes.push({ place, channel, facts })
  }

  async finish(): Promise<void> {
    const count = this.#planes.length
    if (count === 0)
      throw new CoverslipError('UNKNOWN_IMAGE', 'None of the images is there', {
        hint: 'Choose another range.',
      })
    const ends = {
      last: count === 1,
      description: { at: this.#pages.at(count), bytes: await this.#describe() },
    }
    await this.#file.replace(this.#pages.at(0), this.#pages.directory(0, ends))
    if (count > 1)
      await this.#file.replace(this.#pages.at(count - 1), this.#pages.directory(count - 1, { last: true }))
    await this.#file.close()
  }

  /** @returns bytes of the description, with its closing zero */
  async #describe(): Promise<number> {
    const encoder = new TextEncoder()
    let [text, bytes] = ['', 0]
    const write = async () => {
      const piece = encoder.encode(text)
      bytes += piece.length
      text = ''
      await this.#file.append(piece)
    }
    for (const part of stackXml(this.#stack, this.#planes)) {
      text += part
      if (text.length >= textAtOnce) await write()
    }
    text += '\0'
    await write()
    return bytes
  }
}
