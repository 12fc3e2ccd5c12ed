/** JPEG files (ITU-T T.81), decoded by libjpeg-turbo. */
import jpegTurbo from '@julusian/jpeg-turbo'
import type { OpenDatasets } from './dataset-reader.ts'
import { readWhole, SingleImage } from './single-image.ts'
import { requirePacketSize } from './tiff-image.ts'
import { unreadable } from './unreadable.ts'

export const openJpeg: OpenDatasets = async (path) => {
  const { width, height, components } = frameOf(path, await readWhole(path))
  const color = components !== 1
  requirePacketSize(path, { width, height, bytes: width * height * (color ? 3 : 1) })
  const kind = { pixelFormat: color ? 'RGB8' : 'Mono8', significantBits: 8 } as const
  const image = new SingleImage(
    path,
    { format: 'JPEG', width, height, ...kind, channels: [], planes: 1, metadata: {} },
    async () => {
      const format = color ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY
      const pixels = Buffer.alloc(width * height * (color ? 3 : 1))
      try {
        const bytes = await readWhole(path)
        const now = frameOf(path, bytes)
        if (now.width !== width || now.height !== height) throw new Error('it has changed')
        await jpegTurbo.decompress(bytes, pixels, { format })
      } catch (error) {
        throw unreadable(path, error instanceof Error ? error.message : String(error), error)
      }
      return { width, height, ...kind, pixels: Uint8Array.from(pixels) }
    },
  )
  return [image]
}

/** Markers of a frame header: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

function frameOf(path: string, bytes: Buffer) {
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0
    if (isFrameHeader(marker)) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      if (width === 0 || height === 0) throw unreadable(path, 'it has no size')
      return { width, height, components: bytes.readUInt8(at + 9) }
    }
    // Fill bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  throw unreadable(path, 'it is cut off before its header, or no JPEG file')
}
