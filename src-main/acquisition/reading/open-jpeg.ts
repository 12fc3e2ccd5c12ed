/** JPEG files (ITU-T T.81), decoded by libjpeg-turbo. */
import { z } from 'zod'
import type { OpenDatasets } from './dataset-reader.ts'
import { jpegFrame, jpegMarker, jpegSegments } from './jpeg-markers.ts'
import { jpegPixels } from './jpeg-pixels.ts'
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
      try {
        const bytes = await readWhole(path)
        const now = frameOf(path, bytes)
        if (now.width !== width || now.height !== height) throw new Error('it has changed')
        const pixels = await jpegPixels(bytes, now, color)
        return { width, height, ...kind, pixels: Uint8Array.from(pixels) }
      } catch (error) {
        throw unreadable(path, reasonOf(error), error)
      }
    },
  )
  return [image]
}

function frameOf(path: string, bytes: Buffer) {
  let comment: string | undefined
  for (const segment of jpegSegments(bytes)) {
    if (segment.marker === jpegMarker.comment) comment = segment.data.toString('utf8')
    const frame = jpegFrame(segment)
    if (frame === undefined) continue
    if (frame.width === 0 || frame.height === 0) throw unreadable(path, 'it has no size')
    return { ...frame, comment }
  }
  throw unreadable(path, 'it is cut off before its header, or no JPEG file')
}
