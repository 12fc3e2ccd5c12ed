/** JPEG files (ITU-T T.81), decoded by libjpeg-turbo. */
import jpegTurbo from '@julusian/jpeg-turbo'
import { z } from 'zod'
import type { OpenDatasets } from './dataset-reader.ts'
import { jsonOrText } from './json-or-text.ts'
import { requirePacketSize } from './plane-size.ts'
import { readWhole, SingleImage } from './single-image.ts'
import { reasonOf, unreadable } from './unreadable.ts'

/** Of our snaps (src-main/acquisition/image-file.ts). */
const ownFrameSchema = z.object({
  detector: z.string(),
  pixelSizeUm: z.number().positive().optional(),
  channel: z.string().optional(),
})

export const openJpeg: OpenDatasets = async (path) => {
  const { width, height, components, comment } = frameOf(path, await readWhole(path))
  const color = components !== 1
  requirePacketSize(path, { width, height, bytes: width * height * (color ? 3 : 1) })
  const kind = { pixelFormat: color ? 'RGB8' : 'Mono8', significantBits: 8 } as const
  const said = comment === undefined ? undefined : jsonOrText(comment)
  const own = ownFrameSchema.safeParse(said).data
  const image = new SingleImage(
    path,
    {
      format: 'JPEG',
      ...(own === undefined ? {} : { camera: own.detector }),
      width,
      height,
      ...kind,
      ...(own?.pixelSizeUm === undefined ? {} : { pixelSizeUm: own.pixelSizeUm }),
      channels: own?.channel === undefined ? [] : [{ name: own.channel }],
      planes: 1,
      metadata: said === undefined ? {} : { comment: said },
    },
    async () => {
      const format = color ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY
      const pixels = Buffer.alloc(width * height * (color ? 3 : 1))
      try {
        const bytes = await readWhole(path)
        const now = frameOf(path, bytes)
        if (now.width !== width || now.height !== height) throw new Error('it has changed')
        await jpegTurbo.decompress(bytes, pixels, { format })
      } catch (error) {
        throw unreadable(path, reasonOf(error), error)
      }
      return { width, height, ...kind, pixels: Uint8Array.from(pixels) }
    },
  )
  return [image]
}

/** Markers of a frame header: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
const commentMarker = 0xfe

function frameOf(path: string, bytes: Buffer) {
  let comment: string | undefined
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0
    const length = bytes.readUInt16BE(at + 2)
    if (marker === commentMarker) comment = bytes.toString('utf8', at + 4, at + 2 + length)
    if (isFrameHeader(marker)) {
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)]
      if (width === 0 || height === 0) throw unreadable(path, 'it has no size')
      return { width, height, components: bytes.readUInt8(at + 9), comment }
    }
    // Fill bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + length
  }
  throw unreadable(path, 'it is cut off before its header, or no JPEG file')
}
