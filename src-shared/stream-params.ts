/**
 * Settings of a live stream: one discriminated union over `protocol`.
 * The same schema types the engine, the HTTP API, the settings file and the form in the UI
 * (labels, units and help come from each field's `.meta`, ranges and defaults from the JSON schema).
 */
import { z } from 'zod'

/** Ways in which frames reach a viewer. */
export const protocolSchema = z.enum(['binary', 'jpeg', 'mjpeg', 'webrtc'])
export type Protocol = z.infer<typeof protocolSchema>

/** A STUN or TURN server (RFC 8825), as WebRTC's `RTCIceServer`. */
export const iceServerSchema = z.object({
  urls: z.array(z.string().regex(/^(stun|stuns|turn|turns):/)).min(1),
  username: z.string().optional(),
  credential: z.string().optional(),
})
export type IceServer = z.infer<typeof iceServerSchema>

/** Every field of every protocol, once; a field means the same wherever it is used. */
const field = {
  frameRate: z.number().min(0.1).max(1000).meta({
    title: 'Frame rate',
    unit: 'fps',
    description: 'At most so many frames per second; a slower camera sends every frame once.',
  }),
  compression: z.enum(['lz4', 'zstd', 'none']).meta({
    title: 'Compression',
    description: 'All are lossless. lz4: fast; zstd: smaller; none: for very fast links.',
  }),
  level: z.number().int().min(-5).max(9).meta({
    title: 'Zstandard level',
    description: 'Used by zstd only; higher is smaller and slower.',
  }),
  filter: z.enum(['delta-shuffle', 'none']).meta({
    title: 'Pre-filter',
    description:
      'delta-shuffle makes 16-bit images about half as large; none is for clients that cannot undo it.',
  }),
  subsampling: z.number().int().min(1).max(16).meta({
    title: 'Subsampling',
    description: 'Send every n-th pixel in x and y; 1 is full resolution.',
  }),
  reduction: z.enum(['sample', 'average']).meta({
    title: 'Subsample by',
    description: 'Take one pixel of each n × n block, or average the block (less noise, more work).',
  }),
  cropSize: z.number().int().min(0).max(65535).meta({
    title: 'Centre crop',
    unit: 'px',
    description:
      'Side of a centred square in camera pixels, cut before subsampling; 0 sends the whole frame.',
  }),
  quality: z.number().int().min(1).max(100).meta({ title: 'JPEG quality', unit: '%' }),
  windowMode: z.enum(['auto', 'full', 'manual']).meta({
    title: 'Window',
    description:
      'How pixel values become grey: auto follows the image (0.1 to 99.9 % of its pixels), full is the camera’s whole range, manual uses the limits below.',
  }),
  windowLow: z.number().min(0).max(65535).meta({ title: 'Black at', unit: 'ADU' }),
  windowHigh: z.number().min(0).max(65535).meta({ title: 'White at', unit: 'ADU' }),
  gamma: z.number().min(0.1).max(5).meta({ title: 'Gamma' }),
  maxWidth: z.number().int().min(64).max(4096).meta({ title: 'Largest width', unit: 'px' }),
  bitrateKbps: z.number().int().min(100).max(100_000).meta({ title: 'Bit rate', unit: 'kbit/s' }),
  codec: z.enum(['VP8', 'VP9', 'AV1']).meta({ title: 'Preferred codec' }),
  iceServers: z.array(iceServerSchema).max(8).meta({ title: 'STUN/TURN servers' }),
} as const

const geometry = {
  subsampling: field.subsampling.default(1),
  reduction: field.reduction.default('sample'),
  cropSize: field.cropSize.default(0),
}
/** How a stream with 8 bits per channel maps pixel values (ADU) to grey. */
const displayWindow = {
  windowMode: field.windowMode.default('auto'),
  windowLow: field.windowLow.default(0),
  windowHigh: field.windowHigh.default(4095),
  gamma: field.gamma.default(1),
}

/** Black must lie below white. */
const windowOrder = {
  check: ({ windowLow, windowHigh }: { windowLow: number; windowHigh: number }) => windowLow < windowHigh,
  problem: { path: ['windowHigh'], message: 'must be above windowLow' },
}

/** Lossless frames at full bit depth. */
export const binaryParamsSchema = z.strictObject({
  protocol: z.literal('binary'),
  frameRate: field.frameRate.default(30),
  compression: field.compression.default('lz4'),
  level: field.level.default(1),
  filter: field.filter.default('delta-shuffle'),
  ...geometry,
})

/** JPEG images over the frame channel. */
export const jpegParamsSchema = z
  .strictObject({
    protocol: z.literal('jpeg'),
    frameRate: field.frameRate.default(30),
    quality: field.quality.default(80),
    ...displayWindow,
    ...geometry,
  })
  .refine(windowOrder.check, windowOrder.problem)

/** JPEG images as one HTTP response. */
export const mjpegParamsSchema = z
  .strictObject({
    protocol: z.literal('mjpeg'),
    frameRate: field.frameRate.default(30),
    quality: field.quality.default(80),
    ...displayWindow,
    ...geometry,
  })
  .refine(windowOrder.check, windowOrder.problem)

/** Video for remote viewers. */
export const webrtcParamsSchema = z
  .strictObject({
    protocol: z.literal('webrtc'),
    frameRate: field.frameRate.default(30),
    maxWidth: field.maxWidth.default(1280),
    bitrateKbps: field.bitrateKbps.default(8000),
    codec: field.codec.default('VP8'),
    iceServers: field.iceServers.default([]),
    ...displayWindow,
    cropSize: field.cropSize.default(0),
  })
  .refine(windowOrder.check, windowOrder.problem)

/** All parameters of a stream, by its protocol. */
export const streamParamsSchema = z.discriminatedUnion('protocol', [
  binaryParamsSchema,
  jpegParamsSchema,
  mjpegParamsSchema,
  webrtcParamsSchema,
])

/** Parameters as a settings file holds them, also one that an earlier version wrote: H264 was offered then. */
export const savedStreamParamsSchema = z.preprocess(
  (saved) => (isRecord(saved) && saved['codec'] === 'H264' ? { ...saved, codec: 'VP8' } : saved),
  streamParamsSchema,
)

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

export type BinaryParams = z.infer<typeof binaryParamsSchema>
export type JpegParams = z.infer<typeof jpegParamsSchema>
export type MjpegParams = z.infer<typeof mjpegParamsSchema>
export type WebrtcParams = z.infer<typeof webrtcParamsSchema>
export type StreamParams = z.infer<typeof streamParamsSchema>

/** Some fields to change; which of them a protocol has is checked when they are merged. */
export const streamParamsPatchSchema = z.strictObject(field).partial()
export type StreamParamsPatch = z.infer<typeof streamParamsPatchSchema>

/** The schema of one protocol's parameters; `schema.parse({ protocol })` gives its defaults. */
export const paramsSchemaOf = {
  binary: binaryParamsSchema,
  jpeg: jpegParamsSchema,
  mjpeg: mjpegParamsSchema,
  webrtc: webrtcParamsSchema,
} as const satisfies Record<Protocol, z.ZodObject>
