/**
 * PNG (W3C, third edition) of values as they are: grey of 8 or 16 bits, or RGB, in one IDAT chunk, no row filtered, as noise
 * has nothing to filter. Compressed by the browser itself, which is several times as fast as JavaScript.
 */
import { crc32 } from './crc32.ts'

export type PngValues = {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Row after row. */
  readonly pixels: Uint8Array | Uint16Array
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Colour types: section 11.2.1. */
const colourTypes = { 1: 0, 3: 2 } as const

/** The file. `pixels` may change as soon as it has been called. */
export async function valuePng(values: PngValues): Promise<Uint8Array<ArrayBuffer>> {
  const data = await deflated(rowsOf(values))
  const { width, height, channels, pixels } = values
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header[8] = 8 * pixels.BYTES_PER_ELEMENT
  header[9] = colourTypes[channels]
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array())]
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}

/** Each row after the number of its filter, which is 0: none; 16-bit values with the high byte first. */
function rowsOf({ width, height, channels, pixels }: PngValues): Uint8Array<ArrayBuffer> {
  const samples = width * channels
  const rowBytes = 1 + samples * pixels.BYTES_PER_ELEMENT
  const rows = new Uint8Array(height * rowBytes)
  for (let y = 0; y < height; y++) {
    let to = y * rowBytes + 1
    const from = y * samples
    if (pixels instanceof Uint8Array) rows.set(pixels.subarray(from, from + samples), to)
    else
      for (let i = from; i < from + samples; i++) {
        const value = pixels[i] ?? 0
        rows[to++] = value >> 8
        rows[to++] = value
      }
  }
  return rows
}

/** As zlib data (RFC 1950). */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new CompressionStream('deflate')
  const writer = writable.getWriter()
  const [compressed] = await Promise.all([
    new Response(readable).arrayBuffer(),
    writer.write(bytes),
    writer.close(),
  ])
  return new Uint8Array(compressed)
}

/** Length, name, data, and the checksum of name and data: section 5.3. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(name), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}
