/** The images of a replay: found, checked against each other, and decoded one by one. */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'
import { imageBytes, type PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { findImageFiles } from './image-files.ts'
import { decodePng, isPng, readPngHeader } from './png-image.ts'
import { corruptError, reasonOf, replayError, unreadableError } from './replay-error.ts'
import {
  describeSamples,
  frameBytes,
  imageName,
  isGrey,
  type Samples,
  type StoredImage,
} from './stored-image.ts'
import { isTiff, readTiffPages, type TiffPage } from './tiff-page.ts'
import { TiffReader } from './tiff-reader.ts'

/** Largest image that can be played, bytes: a ring of several must fit into memory. */
const maxImageBytes = 2 ** 29
/** Files whose headers are read at the same time. */
const headersAtOnce = 16

type ReplayImage = StoredImage | TiffPage

export class ReplaySource {
  /** Name of the folder or file. */
  readonly name: string
  readonly width: number
  readonly height: number
  readonly pixelFormat: PixelFormat
  readonly #images: readonly ReplayImage[]
  readonly #tiffs: TiffReader
  /** Decodes wait for each other: they share the open file, and each takes a whole core anyway. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: {
    readonly name: string
    readonly first: ReplayImage
    readonly images: readonly ReplayImage[]
    readonly pixelFormat: PixelFormat
    readonly tiffs: TiffReader
  }) {
    this.name = options.name
    this.width = options.first.width
    this.height = options.first.height
    this.pixelFormat = options.pixelFormat
    this.#images = options.images
    this.#tiffs = options.tiffs
  }

  /**
   * Opens a folder of PNG and TIFF images, one image, or a TIFF stack. Reads all headers and decodes the first image
   * (of images saved in colour also the middle and the last one, to see whether they hold nothing but greys).
   * @throws CoverslipError REPLAY_SOURCE naming the file and the remedy.
   */
  static async open(address: string, options: { readonly keepColor: boolean }): Promise<ReplaySource> {
    const files = await findImageFiles(address)
    const images = await readHeaders(files)
    const [first] = images
    if (first === undefined) throw replayError(`"${address}" holds no images`, 'Give a folder that does.')
    checkUniform(first, images)
    const tiffs = new TiffReader()
    try {
      const pixelFormat = await choosePixelFormat(images, tiffs, options)
      return new ReplaySource({ name: basename(address) || address, first, images, pixelFormat, tiffs })
    } catch (error) {
      await tiffs.close()
      throw error
    }
  }

  /** Number of images. */
  get count(): number {
    return this.#images.length
  }

  /** Size of each frame, bytes. */
  get frameBytes(): number {
    return imageBytes(this.pixelFormat, this.width, this.height)
  }

  /**
   * The pixels of image `index` in `pixelFormat`, without row padding.
   * @throws CoverslipError REPLAY_SOURCE when the image cannot be decoded.
   */
  decode(index: number): Promise<Uint8Array> {
    const image = this.#images[index]
    if (image === undefined) throw new RangeError(`No image ${index} among ${this.#images.length}`)
    const decoded = this.#last.then(async () => {
      if (this.#closed) throw replayError(`"${this.name}" has been closed`, 'Open it again.')
      return frameBytes(image, await decodeImage(image, this.#tiffs), this.pixelFormat)
    })
    this.#last = decoded.catch(() => undefined)
    return decoded
  }

  /** Closes the files, after a decode that is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#last
    await this.#tiffs.close()
  }
}

async function readHeaders(files: readonly string[]): Promise<readonly ReplayImage[]> {
  const images: (readonly ReplayImage[])[] = []
  for (let i = 0; i < files.length; i += headersAtOnce) {
    images.push(...(await Promise.all(files.slice(i, i + headersAtOnce).map(readHeader))))
  }
  return images.flat()
}

async function readHeader(path: string): Promise<readonly ReplayImage[]> {
  try {
    const start = await readStart(path)
    if (isPng(start)) return [await readPngHeader(path)]
    if (isTiff(start)) return await readTiffPages(path)
    if (start.length === 0) throw corruptError(`"${path}"`, 'the file is empty')
    throw replayError(
      `"${path}" is neither a PNG nor a TIFF image, whatever its name says`,
      'Remove it from the folder, or convert it to PNG or TIFF.',
    )
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw unreadableError(path, error)
  }
}

async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const start = new Uint8Array(8)
    const { bytesRead } = await file.read(start, 0, start.length, 0)
    return start.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function checkUniform(first: ReplayImage, images: readonly ReplayImage[]): void {
  const bytes = first.width * first.height * first.samples * (first.bits / 8)
  if (bytes > maxImageBytes) {
    throw replayError(
      `${imageName(first)} is ${first.width} x ${first.height}, which is too large to be played`,
      `Crop or scale the images to at most ${maxImageBytes / 2 ** 20} MiB each.`,
    )
  }
  for (const image of images) {
    if (image.width !== first.width || image.height !== first.height) {
      throw replayError(
        `The images differ in size: ${imageName(first)} is ${first.width} x ${first.height}, ${imageName(image)} is ${image.width} x ${image.height}`,
        'Put the images of one size into a folder of their own.',
      )
    }
    if (image.bits !== first.bits) throw differingFormat(first, image)
  }
}

function differingFormat(first: ReplayImage, other: ReplayImage): CoverslipError {
  return replayError(
    `The images differ in format: ${imageName(first)} is ${describeSamples(first)}, ${imageName(other)} is ${describeSamples(other)}`,
    'Convert all images to one format, or put those of one format into a folder of their own.',
  )
}

async function choosePixelFormat(
  images: readonly ReplayImage[],
  tiffs: TiffReader,
  { keepColor }: { readonly keepColor: boolean },
): Promise<PixelFormat> {
  const inColor = images.filter((image) => image.samples >= 3)
  const probed = inColor.length === 0 ? images.slice(0, 1) : firstMiddleLast(inColor)
  let colorful = inColor.length > 0 && keepColor ? inColor[0] : undefined
  for (const image of probed) {
    const samples = await decodeImage(image, tiffs)
    if (!isGrey(image, samples)) colorful ??= image
  }
  const [first] = images
  if (colorful === undefined) return first?.bits === 16 ? 'Mono16' : 'Mono8'
  if (colorful.bits === 16) {
    throw replayError(
      `${imageName(colorful)} is a 16-bit colour image, which cannot be played`,
      'Convert the images to 8-bit colour, or save their channels as grey images.',
    )
  }
  const grey = images.find((image) => image.samples < 3)
  if (grey !== undefined) throw differingFormat(colorful, grey)
  return 'RGB8'
}

function firstMiddleLast<T>(items: readonly T[]): readonly T[] {
  const indexes = new Set([0, Math.floor(items.length / 2), items.length - 1])
  return items.filter((_, i) => indexes.has(i))
}

async function decodeImage(image: ReplayImage, tiffs: TiffReader): Promise<Samples> {
  try {
    return 'directory' in image ? await tiffs.decode(image) : await decodePng(image)
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    if (error instanceof Error && 'code' in error) throw unreadableError(image.file, error)
    throw corruptError(imageName(image), reasonOf(error), error)
  }
}
