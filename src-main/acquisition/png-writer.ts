import { promisify } from 'node:util'
import { crc32, deflate } from 'node:zlib'

const compress = promisify(deflate)

type PngImage = {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: 8 | 16
  readonly channels: 1 | 3
  /** Row by row, samples interleaved; 16-bit samples little endian. */
  readonly pixels: Uint8Array
  /** Keyword → Latin-1 text. */
  readonly text?: Readonly<Record<string, string>>
}

const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** A PNG file (ISO/IEC 15948) with unfiltered rows; compressed on the thread pool. */
export async function pngFile(image: PngImage): Promise<Buffer> {
  const { width, height, bitsPerSample, channels } = image
  const rowBytes = (width * channels * bitsPerSample) / 8
  // Each row begins with the number of its filter, 0: none.
  const rows = Buffer.alloc((rowBytes + 1) * height)
  const samples = Buffer.from(image.pixels.subarray(0, rowBytes * height))
  if (bitsPerSample === 16) samples.swap16()
  for (let y = 0; y < height; y += 1) {
    samples.copy(rows, y * (rowBytes + 1) + 1, y * rowBytes, (y + 1) * rowBytes)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(bitsPerSample, 8)
  header.writeUInt8(channels === 3 ? 2 : 0, 9)
  const texts = Object.entries(image.text ?? {}).map(([keyword, text]) =>
    chunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')),
  )
  const data = await compress(rows, { level: 1 })
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...texts,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const whole = Buffer.alloc(data.length + 12)
  whole.writeUInt32BE(data.length, 0)
  whole.write(name, 4, 'latin1')
  data.copy(whole, 8)
  whole.writeUInt32BE(crc32(whole.subarray(4, data.length + 8)), data.length + 8)
  return whole
}
