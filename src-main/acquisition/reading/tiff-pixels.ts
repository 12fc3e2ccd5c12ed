/** The pixels of an image in a TIFF file. */
import { maxImageBytes } from '../../../src-shared/frames/frame-packet.ts'
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImagePlane, RowRange } from './dataset-reader.ts'
import { packedLength, reverseBits, unpackSamples } from './packed-samples.ts'
import { requirePacketSize } from './plane-size.ts'
import { isRealSample, realPixels, swapBytes } from './sample-type.ts'
import { decompressBlock, jpegCompression } from './tiff-compression.ts'
import type { TiffDirectories } from './tiff-directory.ts'
import { isPacked, photometric, tag, type TiffImage } from './tiff-image.ts'
import { jpegBlocks } from './tiff-jpeg.ts'
import { undoPredictor } from './tiff-predictor.ts'
import { unreadable } from './unreadable.ts'

/** Of a scan of 65 535 × 8192 pixels in tiles of 32 × 32. */
const mostBlocks = 2 ** 19

/**
 * The pixels of `image`.
 * @param which channel of `image.channels`; of uncompressed images in strips, `behind` means the so-many-th image that
 *   follows this one without a directory; `rows` are those that are wanted, of strips and tiles only those that hold any.
 * @returns undefined when part of them is not in the file: cut off, or not yet written.
 * @throws CoverslipError UNREADABLE_IMAGE when they are damaged; TOO_LARGE.
 */
export async function readTiffPixels(
  directories: TiffDirectories,
  image: TiffImage,
  which: { readonly channel: number; readonly behind?: number; readonly rows?: RowRange | undefined },
): Promise<ImagePlane | undefined> {
  const { width, bytes, bits, samples, sampleType, pixelFormat } = image
  const { channel, behind = 0, rows = { top: 0, count: image.height } } = which
  const height = rows.count
  if (channel >= image.channels) return undefined
  // Of real numbers what comes of them may be larger.
  const pixelBytes = Math.max(samples * bytes, planeLayout(pixelFormat).bytesPerPixel)
  requirePacketSize(directories.file.path, { width, height, bytes: width * height * pixelBytes })
  const whole = await readSamples(directories, image, { behind, rows })
  if (whole === undefined) return undefined
  const depth = isRealSample(sampleType) ? 32 : pixelFormat === 'RGB8' ? 8 : bits
  const plane = { width, height, pixelFormat, significantBits: depth }
  if (image.photometric === photometric.palette)
    return { ...plane, pixels: await colored(directories, image, whole) }
  const first = pixelFormat === 'RGB8' ? 0 : channel
  const wanted = pixelFormat === 'RGB8' ? 3 : 1
  const pixels = wanted === samples ? whole : pickSamples(whole, { samples, first, wanted, bytes })
  if (isRealSample(sampleType)) return { ...plane, pixels: realPixels(pixels, sampleType) }
  if (image.photometric === photometric.whiteIsZero) complement(pixels, bits)
  return { ...plane, pixels }
}

/** A strip or tile: where it is in the file, and in the image. */
type Block = {
  readonly at: number
  /** Bytes in the file. */
  readonly stored: number
  /** Bytes of its pixels: packed, as they are once decompressed, and with whole bytes for each sample. */
  readonly packedLength: number
  readonly length: number
  readonly left: number
  readonly top: number
  /** Of planar files: the sample that it holds. */
  readonly sample: number | undefined
  readonly rows: number
}

/** All samples of the rows, interleaved, little endian; undefined when part of them is not in the file. */
async function readSamples(
  directories: TiffDirectories,
  image: TiffImage,
  { behind, rows }: { readonly behind: number; readonly rows: RowRange },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { file, form } = directories
  const { width, height, samples, compression } = image
  const rowBytes = width * samples * image.bytes
  const target = new Uint8Array(rows.count * rowBytes)
  const decoder = image.compression === jpegCompression ? await jpegBlocks(directories, image) : undefined
  const asInFile = !isPacked(image) && !image.bitsReversed
  const inPlace = compression === 1 && !image.planar && !image.tiled && asInFile
  for (const block of await blocksOf(directories, image)) {
    // Sparse files leave out blocks of zeros.
    if (block.at === 0 && block.stored === 0) continue
    const first = Math.max(rows.top, block.top)
    const end = Math.min(rows.top + rows.count, block.top + block.rows)
    if (first >= end) continue
    if (inPlace) {
      const part = target.subarray((first - rows.top) * rowBytes, (end - rows.top) * rowBytes)
      const at = block.at + (first - block.top) * rowBytes + behind * height * rowBytes
      if ((await file.readInto(part, at)) < part.length) return undefined
      continue
    }
    const length = block.packedLength
    const stored = compression === 1 ? length : block.stored
    if (stored === 0 || stored > 2 * length + 4096)
      throw unreadable(file.path, `a part of an image claims ${stored} bytes for ${length}`)
    const bytes = await file.read(block.at, stored)
    if (bytes.length < stored) return undefined
    if (image.bitsReversed && decoder === undefined) reverseBits(bytes)
    const decoded = await decompressed(
      file.path,
      () => decoder?.(bytes, block) ?? decompressBlock(bytes, { compression, length }),
    )
    const unpacked = samplesOf(decoded, { image, block, littleEndian: form.littleEndian })
    copyBlock(unpacked, target, { image, block, wanted: rows })
  }
  if (inPlace && !form.littleEndian) swapBytes(target, image.bytes)
  return target
}

/** The samples of a block as they were before they were packed or differences made of them, little endian. */
function samplesOf(
  decoded: Uint8Array<ArrayBuffer>,
  {
    image,
    block,
    littleEndian,
  }: { readonly image: TiffImage; readonly block: Block; readonly littleEndian: boolean },
): Uint8Array<ArrayBuffer> {
  // The most significant bit comes first, whatever the order of bytes is.
  if (isPacked(image)) return unpackSamples(decoded, packedRows(image, block.rows))
  // The bytes of predictor 3 are in an order of their own.
  if (!littleEndian && image.predictor !== 3) swapBytes(decoded, image.bytes)
  if (image.predictor !== 1) undoPredictor(decoded, image)
  return decoded
}

/** Rows of a block. */
const packedRows = ({ bits, blockWidth, planar, samples }: TiffImage, rows: number) => ({
  bits,
  rowSamples: blockWidth * (planar ? 1 : samples),
  rows,
})

/** @throws CoverslipError UNREADABLE_IMAGE when they are not as many, or larger, than the image has room for */
async function blocksOf(directories: TiffDirectories, image: TiffImage): Promise<readonly Block[]> {
  const { path } = directories.file
  const { width, height, blockWidth, blockHeight, tiled, planar, samples } = image
  const { entries } = image.directory
  const across = Math.ceil(width / blockWidth)
  const down = Math.ceil(height / blockHeight)
  const count = across * down * (planar ? samples : 1)
  const list = (which: number) => directories.numbers(entries.get(which), mostBlocks)
  const offsets = await list(tiled ? tag.tileOffsets : tag.stripOffsets)
  const counts = await list(tiled ? tag.tileByteCounts : tag.stripByteCounts)
  if (offsets.length !== count)
    throw unreadable(path, `it lists ${offsets.length} parts of an image instead of ${count}`)
  return offsets.map((at, i) => {
    const top = (Math.floor(i / across) % down) * blockHeight
    const rows = tiled ? blockHeight : Math.min(blockHeight, height - top)
    const length = blockWidth * rows * (planar ? 1 : samples) * image.bytes
    if (length > maxImageBytes) throw unreadable(path, `a part of an image claims ${length} bytes`)
    return {
      at,
      stored: counts[i] ?? 0,
      packedLength: packedLength(packedRows(image, rows)),
      length,
      left: (i % across) * blockWidth,
      top,
      rows,
      sample: planar ? Math.floor(i / (across * down)) : undefined,
    }
  })
}

/** In memory of its own, as what comes next works in place. */
async function decompressed(
  path: string,
  decompress: () => Promise<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return Uint8Array.from(await decompress())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw unreadable(path, `its pixels are damaged (${reason})`, error)
  }
}

/** Copies the wanted rows of a block as far as they lie within the image: tiles may reach beyond it. */
function copyBlock(
  pixels: Uint8Array,
  target: Uint8Array,
  part: { readonly image: TiffImage; readonly block: Block; readonly wanted: RowRange },
): void {
  const { image, block, wanted } = part
  const { width, samples, blockWidth, bytes } = image
  const { left, top, sample } = block
  const columns = Math.min(blockWidth, width - left)
  const end = Math.min(top + block.rows, wanted.top + wanted.count)
  for (let y = Math.max(top, wanted.top) - top; y < end - top; y++) {
    const to = ((top + y - wanted.top) * width + left) * samples * bytes
    if (sample === undefined) {
      const from = y * blockWidth * samples * bytes
      target.set(pixels.subarray(from, from + columns * samples * bytes), to)
      continue
    }
    const from = y * blockWidth * bytes
    for (let x = 0; x < columns; x++)
      for (let byte = 0; byte < bytes; byte++)
        target[to + (x * samples + sample) * bytes + byte] = pixels[from + x * bytes + byte] ?? 0
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

/** Makes of each sample what is missing in it to the largest one, in place. */
function complement(pixels: Uint8Array<ArrayBuffer>, bits: number): void {
  const samples = bits > 8 ? new Uint16Array(pixels.buffer) : pixels
  const most = 2 ** bits - 1
  for (let i = 0; i < samples.length; i++) samples[i] = most - (samples[i] ?? 0)
}

async function colored(
  directories: TiffDirectories,
  { directory, bits }: TiffImage,
  indices: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const colors = 2 ** bits
  const table = await directories.numbers(directory.entries.get(tag.colorMap), 3 * colors)
  if (table.length !== 3 * colors) throw unreadable(directories.file.path, 'its colour table is incomplete')
  // All reds, then all greens, then all blues, of 16 bits.
  const pixels = new Uint8Array(3 * indices.length)
  for (const [i, index] of indices.entries())
    for (let color = 0; color < 3; color++) pixels[3 * i + color] = (table[colors * color + index] ?? 0) >> 8
  return pixels
}
