/** Who watches live streams. */
import { z } from 'zod'
import { roleSchema } from './access.ts'
import { protocolSchema } from './stream-params.ts'

/** What kind of program watches. */
export const viewerClientSchema = z.enum(['app', 'socket', 'imswitch', 'mjpeg', 'webrtc', 'front'])
export type ViewerClient = z.infer<typeof viewerClientSchema>

/** One stream that somebody watches; rates over the last second. */
export const viewerInfoSchema = z.object({
  /** Of this entry: names it in `viewers.disconnect`. */
  id: z.string(),
  label: z.string(),
  role: roleSchema,
  address: z.string(),
  client: viewerClientSchema,
  detectorName: z.string(),
  protocol: protocolSchema,
  /** Unix time, ms. */
  connectedAt: z.number(),
  fps: z.number(),
  bytesPerSecond: z.number(),
  /** Frames it was too slow for. */
  skipped: z.number(),
  /** WebRTC: round-trip time, ms. */
  roundTripMs: z.number().optional(),
})
export type ViewerInfo = z.infer<typeof viewerInfoSchema>
