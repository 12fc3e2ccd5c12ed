/**
 * JPEG inside of TIFF (compression 7; TIFF Technical Note 2), as slide scanners write it: each strip or tile is a JPEG
 * image, whose tables may stand in the directory.
 */
import { jpegFrame, jpegMarker, jpegSegments } from './jpeg-markers.ts'
import { jpegPixels } from './jpeg-pixels.ts'
import type { TiffDirectories } from './tiff-directory.ts'
import { photometric, tag, type TiffImage } from './tiff-image.ts'

/** Of quantisation and Huffman tables: real ones have less than 2 KB. */
const longestTables = 64 * 1024

type Block = { readonly rows: number; readonly length: number }

/** @returns what decodes a block into `length` bytes. @throws CoverslipError UNREADABLE_IMAGE */
export async function jpegBlocks(
  directories: TiffDirectories,
  image: TiffImage,
): Promise<(packed: Buffer, block: Block) => Promise<Uint8Array>> {
  const tables = Buffer.from(
    await directories.numbers(image.directory.entries.get(tag.jpegTables), longestTables),
  )
  const color = image.samples === 3
  return async (packed, { rows, length }) => {
    const stream = wholeStream(packed, { tables, ycbcr: color ? isYcbcr(image) : undefined })
    const frame = [...jpegSegments(stream)].map(jpegFrame).find((found) => found !== undefined)
    if (frame === undefined) throw new Error('a part of it is no JPEG image')
    const { width, height, components, precision } = frame
    // The last strip may be a whole one.
    const fits = width === image.blockWidth && height >= rows && height <= image.blockHeight
    if (!fits || components !== image.samples || precision !== 8)
      throw new Error(`a part of it has ${width} x ${height} pixels of ${components} x ${precision} bits`)
    return (await jpegPixels(stream, frame, color)).subarray(0, length)
  }
}

const isYcbcr = (image: TiffImage) => image.photometric === photometric.ycbcr

const startOfImage = Buffer.from([0xff, 0xd8])

/** Adobe's marker says which colours the components are: left to guess, decoders take RGB for YCbCr. */
function adobeMarker(ycbcr: boolean): Buffer {
  return Buffer.from([
    0xff,
    jpegMarker.app14,
    0,
    14,
    ...Buffer.from('Adobe'),
    0,
    100,
    0,
    0,
    0,
    0,
    ycbcr ? 1 : 0,
  ])
}

/** @param options.ycbcr of colour images: whether it is that, or RGB. */
function wholeStream(
  packed: Buffer,
  { tables, ycbcr }: { readonly tables: Buffer; readonly ycbcr: boolean | undefined },
): Buffer {
  const parts: Buffer[] = [startOfImage]
  if (ycbcr !== undefined) parts.push(adobeMarker(ycbcr))
  for (const { at, end } of jpegSegments(tables)) parts.push(tables.subarray(at, end))
  let from = 2
  for (const { marker, at, end } of jpegSegments(packed)) {
    // What they say of the colours is not what the directory does.
    if (marker !== jpegMarker.app0 && marker !== jpegMarker.app14) parts.push(packed.subarray(at, end))
    from = end
  }
  return Buffer.concat([...parts, packed.subarray(from)])
}
