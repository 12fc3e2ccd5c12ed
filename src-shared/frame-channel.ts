/**
 * How live frames reach a viewer: the same messages over socket.io (`/socket.io/`, events of these names) and over a
 * MessagePort in the desktop window (objects `{ type, ... }`). Calls and other events go through the contract.
 *
 * A viewer subscribes to detectors and acknowledges each frame once it is done with it. At most `framesInFlight` are
 * unacknowledged per viewer and detector; when a viewer is slower, newer frames replace older ones, and gaps in
 * `frame_id` say how many it missed.
 */
import { z } from 'zod'
import type { FrameMessage } from './frames/frame-message.ts'
import { protocolSchema } from './stream-params.ts'

/** Frames that may be unacknowledged per viewer and detector: one on its way while one is being drawn. */
export const framesInFlight = 2

const detectorName = z.string().min(1).max(200)

/** `subscribe`: which frames a viewer wants, and what it can decode. */
export const subscribeSchema = z.strictObject({
  detectorName,
  /** Compressions the viewer decodes besides `none`; a stream that uses another sends this viewer nothing and says so. */
  decodes: z
    .array(z.enum(['lz4', 'zstd', 'jpeg']))
    .max(10)
    .default(['lz4', 'jpeg']),
  /** Of which protocol, where the detector streams by several at once; absent: of the first that comes this way. */
  protocol: protocolSchema.exclude(['webrtc']).optional(),
})
export type Subscribe = z.input<typeof subscribeSchema>

/** `unsubscribe`: no frames of this camera any more. */
export const unsubscribeSchema = z.strictObject({ detectorName })
export type Unsubscribe = z.infer<typeof unsubscribeSchema>

/** `frame_ack`: the viewer is done with a frame, and may get another. */
export const frameAckSchema = z.strictObject({ detectorName, frameId: z.number().int().nonnegative() })
export type FrameAck = z.infer<typeof frameAckSchema>

/** Answer to `clock`: the host's Unix time in ms (float), so that a viewer can map `captured_at_ms` to its own clock. */
export const clockReplySchema = z.object({ hostTimeMs: z.number() })
export type ClockReply = z.infer<typeof clockReplySchema>

/** Answer to `subscribe`, `unsubscribe` and a bad message. */
export type ChannelReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string }

/** Viewer → host over a MessagePort; `id` comes back in the reply. */
export const portRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), id: z.number().int(), ...subscribeSchema.shape }),
  z.strictObject({ type: z.literal('unsubscribe'), id: z.number().int(), ...unsubscribeSchema.shape }),
  z.strictObject({ type: z.literal('frame_ack'), ...frameAckSchema.shape }),
  z.strictObject({ type: z.literal('clock'), id: z.number().int() }),
])
export type PortRequest = z.input<typeof portRequestSchema>

/** Host → viewer over a MessagePort. */
export type PortMessage =
  | { readonly type: 'frame'; readonly message: FrameMessage; readonly packet: Uint8Array }
  | { readonly type: 'reply'; readonly id: number; readonly reply: ChannelReply | ClockReply }
  /** Something this viewer must know: its subscription cannot be served (unknown detector, undecodable stream). */
  | { readonly type: 'channel_error'; readonly error: Extract<ChannelReply, { ok: false }> }
