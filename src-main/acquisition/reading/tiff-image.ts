/** One image of a TIFF file: what its directory says of its pixels, and the pixels themselves. */
import { maxImageBytes } from '../../../src-shared/frames/frame-packet.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { ImagePlane } from './dataset-reader.ts'
import { compressionNames, decompressBlock, tiffCompressions } from './tiff-compression.ts'
import type { TiffDirectories, TiffDirectory } from './tiff-directory.ts'
import { unreadable } from './unreadable.ts'

const tag = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  sampleFormat: 339,
} as const
const photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3 } as const

const mostSamples = 64
const mostLevels = 20
const mostBlocks = 4_000_000
/** Largest width and height of a UC2F packet. */
const longestSide = 65_535

export type TiffImage = {
  readonly directory: TiffDirectory
  readonly width: number
  readonly height: number
  readonly bits: 8 | 16
  /** In the file, for each pixel. */
  readonly samples: number
  /** Planes that a viewer sees in it: samples that are not one colour picture are channels. */
  readonly channels: number
  readonly pixelFormat: PixelFormat
  /** A smaller copy of another image, or a mask. */
  readonly reduced: boolean
  readonly compression: number
  readonly predictor: number
  readonly photometric: number
  readonly planar: boolean
  /** Of strips or tiles. */
  readonly blockWidth: number
  readonly blockHeight: number
  readonly tiled: boolean
}

/**
 * What `directory` says of its image.
 * @throws CoverslipError UNREADABLE_IMAGE when it makes no sense, or the image is of a kind that cannot be shown.
 */
export async function tiffImage(directories: TiffDirectories, directory: TiffDirectory): Promise<TiffImage> {
  const { path } = directories.file
  const numbers = (which: number) => directories.numbers(directory.entries.get(which), mostSamples)
  const number = async (which: number, otherwise: number) => (await numbers(which))[0] ?? otherwise
  const width = await number(tag.width, 0)
  const height = await number(tag.height, 0)
  if (!(width > 0 && height > 0)) throw unreadable(path, 'an image has no size')
  const bitsPerSample = await numbers(tag.bitsPerSample)
  const [bits = 1] = bitsPerSample
  const formats = await numbers(tag.sampleFormat)
  const [format = 1] = formats
  if ((bits !== 8 && bits !== 16) || bitsPerSample.some((other) => other !== bits) || format !== 1)
    throw unreadable(path, `it has ${samplesInWords(bits, format)}; 8 and 16 bits without sign are shown`)
  const compression = await number(tag.compression, 1)
  if (!tiffCompressions.has(compression)) {
    const name = compressionNames[compression] ?? `scheme ${compression}`
    throw unreadable(path, `its compression (${name}) is not known here`)
  }
  const samples = await number(tag.samplesPerPixel, 1)
  const interpretation = await number(tag.photometric, photometric.blackIsZero)
  const tiled = directory.entries.has(tag.tileOffsets)
  const image = {
    directory,
    width,
    height,
    bits,
    samples,
    reduced: ((await number(tag.newSubfileType, 0)) & 5) !== 0,
    compression,
    predictor: await number(tag.predictor, 1),
    photometric: interpretation,
    planar: samples > 1 && (await number(tag.planarConfiguration, 1)) === 2,
    tiled,
    blockWidth: tiled ? await number(tag.tileWidth, 0) : width,
    blockHeight: tiled
      ? await number(tag.tileHeight, 0)
      : Math.min(height, await number(tag.rowsPerStrip, height)),
    ...shownAs(path, { bits, samples, interpretation }),
  } as const
  if (!(image.blockWidth > 0 && image.blockHeight > 0 && samples > 0 && samples <= mostSamples))
    throw unreadable(path, 'the arrangement of its pixels makes no sense')
  if (image.predictor !== 1 && image.predictor !== 2)
    throw unreadable(path, `its predictor ${image.predictor} is not known here`)
  return image
}

/** Directories of the smaller copies of an image, the largest first (TIFF Technical Note 1; OME-TIFF 6.0). */
export async function smallerCopies(
  directories: TiffDirectories,
  { directory }: TiffImage,
): Promise<readonly number[]> {
  return directories.numbers(directory.entries.get(tag.subDirectories), mostLevels)
}

/**
 * The pixels of `image`.
 * @param channel of `image.channels`.
 * @returns undefined when part of them is not in the file: cut off, or not yet written.
 * @throws CoverslipError UNREADABLE_IMAGE when they are damaged; TOO_LARGE.
 */
export async function readTiffPixels(
  directories: TiffDirectories,
  image: TiffImage,
  channel: number,
): Promise<ImagePlane | undefined> {
  const { width, height, bits, samples, pixelFormat } = image
  if (channel >= image.channels) return undefined
  requirePacketSize(directories.file.path, { width, height, bytes: (width * height * samples * bits) / 8 })
  const whole = await readSamples(directories, image)
  if (whole === undefined) return undefined
  const plane = { width, height, pixelFormat, significantBits: bits }
  if (image.photometric === photometric.palette)
    return { ...plane, pixels: await colored(directories, image, whole) }
  const first = pixelFormat === 'RGB8' ? 0 : channel
  const wanted = pixelFormat === 'RGB8' ? 3 : 1
  const pixels = wanted === samples ? whole : pickSamples(whole, { samples, first, wanted, bytes: bits / 8 })
  // Also 16-bit values: the complement of both bytes is that of the value.
  if (image.photometric === photometric.whiteIsZero)
    for (let i = 0; i < pixels.length; i++) pixels[i] = 255 - (pixels[i] ?? 0)
  return { ...plane, pixels }
}

/** @throws CoverslipError TOO_LARGE naming the file and its size when a plane does not fit into a packet. */
export function requirePacketSize(
  path: string,
  plane: { readonly width: number; readonly height: number; readonly bytes: number },
): void {
  const { width, height, bytes } = plane
  if (bytes <= maxImageBytes && width <= longestSide && height <= longestSide) return
  const { message } = unreadable(path, `${width} x ${height} pixels are too many for one plane`)
  throw new CoverslipError('TOO_LARGE', message, {
    hint: `A plane has ${longestSide} pixels a side and ${maxImageBytes / 2 ** 20} MB at most. Ask for a smaller copy of it (level), or cut the image into tiles.`,
  })
}

function samplesInWords(bits: number, format: number): string {
  if (format === 3) return `${bits}-bit floating-point samples`
  if (format === 2) return `signed ${bits}-bit samples`
  return format === 1 ? `${bits} ${bits === 1 ? 'bit' : 'bits'} per sample` : `samples of format ${format}`
}

function shownAs(
  path: string,
  kind: { readonly bits: 8 | 16; readonly samples: number; readonly interpretation: number },
): { readonly channels: number; readonly pixelFormat: PixelFormat } {
  const { bits, samples, interpretation } = kind
  if (interpretation === photometric.palette) {
    if (bits === 8 && samples === 1) return { channels: 1, pixelFormat: 'RGB8' }
    throw unreadable(path, 'its colour table is not one of 8 bits')
  }
  const mono = bits === 8 ? 'Mono8' : 'Mono16'
  if (interpretation === photometric.rgb) {
    if (samples < 3) throw unreadable(path, `it says it is RGB, and has ${samples} samples per pixel`)
    // What is beyond the three is transparency. There is no packet format for 16 bits: three grey channels lose nothing.
    return bits === 8 ? { channels: 1, pixelFormat: 'RGB8' } : { channels: 3, pixelFormat: mono }
  }
  if (interpretation === photometric.blackIsZero || interpretation === photometric.whiteIsZero)
    return { channels: samples, pixelFormat: mono }
  throw unreadable(path, `its colour space (number ${interpretation}) is not known here`)
}

/** All samples of the image, interleaved, little endian. */
async function readSamples(
  directories: TiffDirectories,
  image: TiffImage,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { file } = directories
  const { width, height, samples, blockWidth, blockHeight } = image
  const bytes = image.bits / 8
  const perPixel = image.planar ? 1 : samples
  const across = Math.ceil(width / blockWidth)
  const down = Math.ceil(height / blockHeight)
  const { entries } = image.directory
  const offsets = await directories.numbers(
    entries.get(image.tiled ? tag.tileOffsets : tag.stripOffsets),
    mostBlocks,
  )
  const counts = await directories.numbers(
    entries.get(image.tiled ? tag.tileByteCounts : tag.stripByteCounts),
    mostBlocks,
  )
  const blocks = across * down * (image.planar ? samples : 1)
  if (offsets.length !== blocks)
    throw unreadable(file.path, `it lists ${offsets.length} parts of an image instead of ${blocks}`)
  const target = new Uint8Array(width * height * samples * bytes)
  for (let block = 0; block < blocks; block++) {
    const sample = Math.floor(block / (across * down))
    const left = (block % across) * blockWidth
    const top = (Math.floor(block / across) % down) * blockHeight
    const rows = image.tiled ? blockHeight : Math.min(blockHeight, height - top)
    const length = blockWidth * rows * perPixel * bytes
    if (length > maxImageBytes) throw unreadable(file.path, `a part of an image claims ${length} bytes`)
    const stored = image.compression === 1 ? length : (counts[block] ?? 0)
    const at = offsets[block] ?? 0
    // Sparse files leave out blocks of zeros.
    if (at === 0 && (counts[block] ?? 0) === 0) continue
    if (stored === 0 || stored > 2 * length + 4096)
      throw unreadable(file.path, `a part of an image claims ${stored} bytes for ${length}`)
    const whole = !image.planar && !image.tiled && image.compression === 1
    if (whole) {
      const part = target.subarray(top * width * perPixel * bytes, top * width * perPixel * bytes + length)
      if ((await file.readInto(part, at)) < length) return undefined
      continue
    }
    const packed = await file.read(at, stored)
    if (packed.length < stored) return undefined
    const unpacked = await decompressed(file.path, packed, { compression: image.compression, length })
    if (image.predictor === 2)
      undoDifferences(unpacked, { image, rowSamples: blockWidth * perPixel, perPixel })
    copyBlock(unpacked, target, { image, left, top, sample: image.planar ? sample : undefined })
  }
  if (bytes === 2 && !directories.form.littleEndian && image.predictor !== 2)
    Buffer.from(target.buffer).swap16()
  return target

  function undoDifferences(
    block: Uint8Array,
    rows: { readonly image: TiffImage; readonly rowSamples: number; readonly perPixel: number },
  ): void {
    if (bytes === 1) return accumulate(block, rows.rowSamples, rows.perPixel)
    const aligned = block.byteOffset % 2 === 0 ? block : Uint8Array.from(block)
    if (!directories.form.littleEndian)
      Buffer.from(aligned.buffer, aligned.byteOffset, aligned.length).swap16()
    accumulate(
      new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2),
      rows.rowSamples,
      rows.perPixel,
    )
    if (aligned !== block) block.set(aligned)
  }
}

async function decompressed(
  path: string,
  packed: Uint8Array,
  how: { readonly compression: number; readonly length: number },
): Promise<Uint8Array> {
  try {
    // A block of its own, as what comes next works in place.
    return Uint8Array.from(await decompressBlock(packed, how))
  } catch (error) {
    throw unreadable(
      path,
      `its pixels are damaged (${error instanceof Error ? error.message : String(error)})`,
      error,
    )
  }
}

/** Horizontal differencing (TIFF 6.0, section 14), undone in place. */
function accumulate(samples: Uint8Array | Uint16Array, rowSamples: number, perPixel: number): void {
  for (let row = 0; row < samples.length; row += rowSamples)
    for (let i = row + perPixel; i < row + rowSamples; i++)
      samples[i] = (samples[i] ?? 0) + (samples[i - perPixel] ?? 0)
}

function copyBlock(
  block: Uint8Array,
  target: Uint8Array,
  place: {
    readonly image: TiffImage
    readonly left: number
    readonly top: number
    /** Of planar files: the sample that the block holds. */
    readonly sample: number | undefined
  },
): void {
  const { image, left, top, sample } = place
  const { width, height, samples, blockWidth, blockHeight } = image
  const bytes = image.bits / 8
  const columns = Math.min(blockWidth, width - left)
  const rows = Math.min(blockHeight, height - top)
  for (let y = 0; y < rows; y++) {
    const to = ((top + y) * width + left) * samples * bytes
    if (sample === undefined) {
      const from = y * blockWidth * samples * bytes
      target.set(block.subarray(from, from + columns * samples * bytes), to)
      continue
    }
    const from = y * blockWidth * bytes
    for (let x = 0; x < columns; x++)
      for (let byte = 0; byte < bytes; byte++)
        target[to + (x * samples + sample) * bytes + byte] = block[from + x * bytes + byte] ?? 0
  }
}

function pickSamples(
  whole: Uint8Array,
  pick: { readonly samples: number; readonly first: number; readonly wanted: number; readonly bytes: number },
): Uint8Array<ArrayBuffer> {
  const { samples, first, wanted, bytes } = pick
  const [from, to] = [samples * bytes, wanted * bytes]
  const pixels = whole.length / from
  const picked = new Uint8Array(pixels * to)
  for (let i = 0; i < pixels; i++)
    for (let byte = 0; byte < to; byte++) picked[i * to + byte] = whole[i * from + first * bytes + byte] ?? 0
  return picked
}

async function colored(
  directories: TiffDirectories,
  { directory }: TiffImage,
  indices: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const table = await directories.numbers(directory.entries.get(tag.colorMap), 3 * 256)
  if (table.length !== 3 * 256) throw unreadable(directories.file.path, 'its colour table is incomplete')
  // All reds, then all greens, then all blues, of 16 bits.
  const pixels = new Uint8Array(3 * indices.length)
  for (const [i, index] of indices.entries())
    for (let color = 0; color < 3; color++) pixels[3 * i + color] = (table[256 * color + index] ?? 0) >> 8
  return pixels
}
