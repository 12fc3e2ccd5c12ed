/**
 * What the microscope's server and its front servers tell each other through Redis. Small messages go by
 * `serverSideEmit` of socket.io's Redis adapter, under these names. A frame is kept in Redis once, as a hash with the
 * fields `note` (JSON, `storedNoteSchema`) and `packet` (the packet's bytes as viewers get them); fronts fetch it.
 */
import { z } from 'zod'
import { callerSchema } from '../../src-shared/access.ts'
import { type FrameMessage, isFrameMessage } from '../../src-shared/frames/frame-message.ts'
import { type Protocol, protocolSchema } from '../../src-shared/stream-params.ts'

const frontId = z.string().min(1).max(100)
const frameId = z.number().int().min(-1)

/** A stream: `startedAt` (Unix time, ms) tells it from an earlier one, whose frames were numbered alike. */
const streamSchema = z.object({ detectorName: z.string(), protocol: protocolSchema, startedAt: z.number() })
export type RelayedStreamName = z.infer<typeof streamSchema>

/** The messages between a microscope's server and its fronts, by name. */
export const frontMessages = {
  /** Microscope → fronts, once a second and when it changes: what there is. */
  microscope: z.object({
    hostTimeMs: z.number(),
    cameras: z.array(z.object({ id: z.string(), name: z.string() })),
    streams: z.array(streamSchema),
    /** RSA public key (SPKI, base64) for the secrets of access tokens. */
    publicKey: z.string(),
  }),
  /** Microscope → fronts: a frame is in Redis. */
  frame_note: streamSchema.extend({ frameId }),
  /** Microscope → fronts: these tokens are not valid any more. */
  revoked: z.object({ tokenIds: z.array(z.string()) }),
  /** Microscope → one front: disconnect your viewers. */
  dismiss: z.object({ front: frontId }),
  /** Front → microscope, once a second and when it changes: the streams that its viewers watch. */
  front: z.object({
    front: frontId,
    name: z.string().max(200),
    viewers: z.number().int().nonnegative(),
    demands: z
      .array(
        streamSchema.extend({
          /** The last frame it has fetched. */
          taken: frameId,
          /** It could take a frame and knows of none. */
          waiting: z.boolean(),
        }),
      )
      .max(200),
  }),
  /** Front → microscope: it has fetched a frame. */
  taken: streamSchema.extend({ front: frontId, frameId, bytes: z.number().int().nonnegative() }),
  /** Front → microscope. */
  front_leaves: z.object({ front: frontId }),
  /** Front → microscope: who has this token? `secret`: RSA-OAEP (SHA-256) with the microscope's key, base64. */
  who: z.object({
    front: frontId,
    ask: z.string().max(100),
    secret: z.string().max(1000),
    client: z.object({ id: z.string().max(200), address: z.string().max(100) }),
  }),
  /** Microscope → one front; no caller: the token is not valid. */
  who_answer: z.object({ front: frontId, ask: z.string(), caller: callerSchema.optional() }),
} as const

export type FrontMessages = { [Name in keyof typeof frontMessages]: z.infer<(typeof frontMessages)[Name]> }
/** Name of one of these messages. */
export type FrontMessageName = keyof FrontMessages

/** Everything about a stored frame but its bytes. */
export const storedNoteSchema = z.object({
  startedAt: z.number(),
  message: z.custom<FrameMessage>(isFrameMessage),
})
export type StoredNote = z.infer<typeof storedNoteSchema>

/** Names a stream of a detector in maps and in Redis. */
export const streamKeyOf = ({ detectorName, protocol }: { detectorName: string; protocol: Protocol }) =>
  `${protocol}:${detectorName}`

/** Both sides say that they are there so often, ms. */
export const heartbeatMs = 1000
/** Who was silent for so long is gone, ms. */
export const silenceMs = 3500
