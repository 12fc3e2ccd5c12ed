/** PNG files (ISO/IEC 15948): all bit depths, grey, colour and palette; transparency is left out. */
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png'
import { z } from 'zod'
import { pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import type { OpenDatasets } from './dataset-reader.ts'
import { jsonOrText } from './json-or-text.ts'
import { primaries } from './primaries.ts'
import { RandomAccessFile } from './random-access-file.ts'
import { readWhole, SingleImage } from './single-image.ts'
import { requirePacketSize } from './plane-size.ts'
import { reasonOf, unreadable } from './unreadable.ts'

const inflated = promisify(inflate)
const signatureBytes = 8
const headerBytes = 33
/** Text of ours comes before the pixels. */
const textBytes = 256 * 1024

type PngHeader = {
  readonly width: number
  readonly height: number
  readonly depth: number
  /** ISO/IEC 15948, 11.2.2: bit 0 palette, bit 1 colour, bit 2 transparency. */
  readonly colorType: number
}

/** Of our snaps: JSON in a text chunk (src-main/acquisition/image-file.ts). */
const ownFrameSchema = z.object({
  detector: z.string(),
  pixelFormat: pixelFormatSchema,
  significantBits: z.number().int().min(1).max(16),
  pixelSizeUm: z.number().positive().optional(),
  channel: z.string().optional(),
})

export const openPng: OpenDatasets = async (path) => {
  const file = await RandomAccessFile.open(path)
  let start: Buffer
  try {
    start = await file.read(0, textBytes)
  } finally {
    await file.close()
  }
  const header = headerOf(path, start)
  const { width, height, depth } = header
  requirePacketSize(path, {
    width,
    height,
    bytes: width * height * samplesOf(header) * (depth === 16 ? 2 : 1),
  })
  const text = textOf(start)
  const metadata = {
    ...text,
    ...(text['Coverslip'] === undefined ? {} : { Coverslip: jsonOrText(text['Coverslip']) }),
  }
  const own = ownFrameSchema.safeParse(metadata.Coverslip).data
  const deepColor = depth === 16 && isColor(header)
  const pixelFormat = isColor(header) && !deepColor ? 'RGB8' : depth === 16 ? 'Mono16' : 'Mono8'
  const fits = own !== undefined && !isColor(header) && own.significantBits > 8 === (depth === 16)
  const kind = fits
    ? { pixelFormat: own.pixelFormat, significantBits: own.significantBits }
    : ({ pixelFormat, significantBits: depth === 16 ? 16 : 8 } as const)
  const image = new SingleImage(
    path,
    {
      format: 'PNG',
      ...(own === undefined ? {} : { camera: own.detector }),
      width,
      height,
      ...kind,
      ...(own?.pixelSizeUm === undefined ? {} : { pixelSizeUm: own.pixelSizeUm }),
      channels: deepColor ? [...primaries] : own?.channel === undefined ? [] : [{ name: own.channel }],
      planes: deepColor ? 3 : 1,
      metadata,
    },
    async (channel) => {
      const bytes = await readWhole(path)
      await refuseBomb(path, bytes)
      return { width, height, ...kind, pixels: await decodePng(path, bytes, channel) }
    },
  )
  return [image]
}

const isColor = ({ colorType }: Pick<PngHeader, 'colorType'>) => (colorType & 2) !== 0
const samplesOf = (header: PngHeader) => (isColor(header) ? 3 : 1) + ((header.colorType & 4) === 0 ? 0 : 1)

function headerOf(path: string, start: Buffer): PngHeader {
  if (start.length < headerBytes || start.toString('latin1', 12, 16) !== 'IHDR')
    throw unreadable(path, 'it is cut off before its header')
  const [width, height] = [start.readUInt32BE(16), start.readUInt32BE(20)]
  if (width === 0 || height === 0) throw unreadable(path, 'it has no size')
  return { width, height, depth: start.readUInt8(24), colorType: start.readUInt8(25) }
}

type PngChunk = {
  readonly name: string
  readonly data: Buffer
  /** With its length, name and checksum. */
  readonly whole: Buffer
}

/** Chunks of a file, whole ones only. */
function* chunksOf(bytes: Buffer): Generator<PngChunk> {
  for (let at = signatureBytes; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (at + 12 + length > bytes.length) return
    yield {
      name: bytes.toString('latin1', at + 4, at + 8),
      data: bytes.subarray(at + 8, at + 8 + length),
      whole: bytes.subarray(at, at + 12 + length),
    }
    at += 12 + length
  }
}

function textOf(start: Buffer): Record<string, string> {
  const text: Record<string, string> = {}
  for (const { name, data } of chunksOf(start)) {
    const end = name === 'tEXt' ? data.indexOf(0) : -1
    if (end > 0) text[data.toString('latin1', 0, end)] = data.toString('latin1', end + 1)
  }
  return text
}

/** The decoder takes whatever room the data claim: they may not hold much more than the image does. */
async function refuseBomb(path: string, bytes: Buffer): Promise<void> {
  const header = headerOf(path, bytes)
  const row = Math.ceil((header.width * samplesOf(header) * header.depth) / 8) + 1
  // Interlaced images have up to seven more bytes for each row, at least.
  const most = 2 * row * header.height + 16 * header.height + 4096
  const parts = [...chunksOf(bytes)].flatMap(({ name, data }) => (name === 'IDAT' ? [data] : []))
  try {
    await inflated(Buffer.concat(parts), { maxOutputLength: most })
  } catch (error) {
    throw unreadable(
      path,
      `its pixels are damaged or cut off (${error instanceof Error ? error.message : String(error)})`,
      error,
    )
  }
}

/** What the decoder needs: colour profiles and texts may be compressed, and claim any room. */
const neededChunks = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND'])

function pixelsOnly(bytes: Buffer): Buffer {
  const parts = [bytes.subarray(0, signatureBytes)]
  for (const { name, whole } of chunksOf(bytes)) if (neededChunks.has(name)) parts.push(whole)
  return Buffer.concat(parts)
}

async function decodePng(path: string, bytes: Buffer, channel: number): Promise<Uint8Array<ArrayBuffer>> {
  let png: DecodedPng
  try {
    png = decode(pixelsOnly(bytes), { checkCrc: true })
  } catch (error) {
    throw unreadable(path, reasonOf(error), error)
  }
  const pixels = png.width * png.height
  if (png.palette !== undefined && png.channels === 1) {
    const palette = png.palette.map(([r = 0, g = 0, b = 0]): [number, number, number] => [r, g, b])
    return Uint8Array.from(convertIndexedToRgb({ ...png, palette }))
  }
  // Grey of less than 8 bits is packed.
  const data = png.depth < 8 ? unpacked(png) : png.data
  const samples = data.length / pixels
  const color = samples >= 3
  const wanted = color && png.depth !== 16 ? 3 : 1
  const first = color && png.depth === 16 ? channel : 0
  const picked = png.depth === 16 ? new Uint16Array(pixels) : new Uint8Array(pixels * wanted)
  for (let i = 0; i < pixels; i++)
    for (let sample = 0; sample < wanted; sample++)
      picked[i * wanted + sample] = data[i * samples + first + sample] ?? 0
  return new Uint8Array(picked.buffer)
}

/** Grey of 1, 2 or 4 bits, spread to 0 … 255; rows begin at whole bytes. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array {
  const row = Math.ceil((width * depth) / 8)
  const most = 2 ** depth - 1
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth
    const byte = data[Math.floor(i / width) * row + (bit >> 3)] ?? 0
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most
  })
}
