/** PNG files (ISO/IEC 15948, W3C PNG third edition): 8 and 16 bit, grey, colour and palette, with or without alpha. */
import { open, readFile } from 'node:fs/promises'
import { convertIndexedToRgb, decode } from 'fast-png'
import { corruptError, reasonOf, replayError } from './replay-error.ts'
import { describeSamples, imageName, type Samples, type StoredImage } from './stored-image.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const headerBytes = 33
const iendChunk = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82])

/** Samples by colour type (11.2.1); palette images (3) are played as RGB. */
const samplesOfColorType = new Map<number, StoredImage['samples']>([
  [0, 1],
  [2, 3],
  [3, 3],
  [4, 2],
  [6, 4],
])

/** True when `start`, the first bytes of a file, are those of a PNG. */
export function isPng(start: Uint8Array): boolean {
  return signature.equals(start.subarray(0, signature.length))
}

/**
 * Reads the header, and checks that the file is complete.
 * @throws CoverslipError REPLAY_SOURCE when it is not, or when the bit depth cannot be played.
 */
export async function readPngHeader(path: string): Promise<StoredImage> {
  const file = await open(path)
  try {
    const header = Buffer.alloc(headerBytes)
    const { bytesRead } = await file.read(header, 0, headerBytes, 0)
    const image = parseHeader(path, header.subarray(0, bytesRead))
    const { size } = await file.stat()
    const tail = Buffer.alloc(iendChunk.length)
    await file.read(tail, 0, tail.length, Math.max(0, size - tail.length))
    // Bytes may follow the last chunk, though they seldom do; only decoding tells that from a truncated image.
    if (!tail.equals(iendChunk)) await decodePng(image)
    return image
  } finally {
    await file.close()
  }
}

function parseHeader(path: string, header: Buffer): StoredImage {
  const complete = header.length === headerBytes
  if (!complete || header.toString('latin1', 12, 16) !== 'IHDR') {
    throw corruptError(`"${path}"`, 'the PNG header is incomplete')
  }
  const bits = header.readUInt8(24)
  const samples = samplesOfColorType.get(header.readUInt8(25))
  const width = header.readUInt32BE(16)
  const height = header.readUInt32BE(20)
  if (samples === undefined || width === 0 || height === 0) {
    throw corruptError(`"${path}"`, 'the PNG header makes no sense')
  }
  if (bits !== 8 && bits !== 16) {
    throw replayError(
      `"${path}" has ${bits} ${bits === 1 ? 'bit' : 'bits'} per sample, which cannot be played`,
      'Convert the image to 8 or 16 bits per sample.',
    )
  }
  return { file: path, page: undefined, width, height, bits, samples }
}

/**
 * Decodes the pixels.
 * @throws CoverslipError REPLAY_SOURCE when the file is corrupt or is not what its header said before.
 */
export async function decodePng(image: StoredImage): Promise<Samples> {
  const bytes = await readFile(image.file)
  const { decoded, data } = decodeBytes(image, bytes)
  const length = image.width * image.height * image.samples
  if (
    decoded.width !== image.width ||
    decoded.height !== image.height ||
    decoded.depth !== image.bits ||
    data.length !== length
  ) {
    throw corruptError(
      imageName(image),
      `it is no longer ${image.width} x ${image.height}, ${describeSamples(image)}`,
    )
  }
  return data
}

function decodeBytes(image: StoredImage, bytes: Uint8Array) {
  try {
    const decoded = decode(bytes, { checkCrc: true })
    // Colour images may carry a palette, too, as a suggestion for poor screens.
    if (decoded.channels === image.samples) return { decoded, data: samplesOf(decoded.data) }
    // Palette entries with transparency have four samples; alpha is not played.
    const palette = decoded.palette?.map(([red = 0, green = 0, blue = 0]): [number, number, number] => [
      red,
      green,
      blue,
    ])
    return {
      decoded,
      data: convertIndexedToRgb({ ...decoded, ...(palette === undefined ? {} : { palette }) }),
    }
  } catch (error) {
    throw corruptError(imageName(image), reasonOf(error), error)
  }
}

function samplesOf(data: ArrayLike<number>): Samples {
  if (data instanceof Uint8Array || data instanceof Uint16Array) return data
  return Uint8Array.from(data)
}
