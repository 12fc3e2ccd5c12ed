/** WebRTC signalling: offer and answer (RFC 8829), trickled candidates, and the data channel beside the video. */
import { z } from 'zod'
import { stagePositionSchema } from './frames/frame-info.ts'
import { streamParamsPatchSchema } from './stream-params.ts'

/** Longest SDP that is read, characters. */
export const maxSdpLength = 100_000

/** A viewer's offer. */
export const webrtcOfferSchema = z.strictObject({
  /** Absent: the first camera. */
  detectorName: z.string().min(1).max(200).optional(),
  /** Of at most `maxSdpLength` characters; a longer one is refused as TOO_LARGE. */
  sdp: z.string().min(1),
  /** Used when this offer starts the stream and comes from somebody who may operate; ignored otherwise. */
  params: streamParamsPatchSchema.optional(),
  /** Coverslip's own page says so, for the list of viewers; absent: some WebRTC player. */
  client: z.literal('app').optional(),
})
export type WebrtcOffer = z.infer<typeof webrtcOfferSchema>

/** Coverslip's answer to an offer. */
export const webrtcAnswerSchema = z.object({
  /** Names the viewer in later calls; hard to guess. */
  sessionId: z.string(),
  detectorName: z.string(),
  sdp: z.string(),
})
export type WebrtcAnswer = z.infer<typeof webrtcAnswerSchema>

/** A network path that one side has found later, as WebRTC's `RTCIceCandidateInit`. */
export const iceCandidateSchema = z.strictObject({
  candidate: z.string().max(2000),
  sdpMid: z.string().max(100).nullish(),
  sdpMLineIndex: z.number().int().min(0).max(100).nullish(),
})
export type IceCandidate = z.infer<typeof iceCandidateSchema>

/**
 * Label of the data channel that a viewer may open in its offer to learn about each frame. `goodbye` on it ends the session
 * at once, as does closing it; a viewer without one that says nothing is missed after 10 s.
 *
 * True latency of the frame on the screen. Video frames carry no number; their times tell which note is theirs:
 * 1. Make the offer with `withCaptureTimes`, so that the browser learns the server's clock from RTCP.
 * 2. `video.requestVideoFrameCallback` then gives `captureTime` (of the page's `performance.now` clock; absent for the
 *    first seconds): when the frame was handed to the encoder, 2 ms early at most.
 * 3. Send pings; `hostTimeMs - (sentAtMs + receivedAtMs) / 2` of the one that came back fastest is how far the server's
 *    Unix time is ahead. So `encodedAtMs` of each note is known in the page's clock, too.
 * 4. The note whose `encodedAtMs` lies nearest to `captureTime` is the frame's. Its latency is
 *    `expectedDisplayTime` minus `capturedAtMs` in the page's clock.
 * Where there is no `captureTime` (Firefox, Safari), the newest note that came before the frame's `receiveTime`, or
 * before the callback, is at most a frame off.
 */
export const frameChannelLabel = 'frames'

/**
 * A viewer's offer (RTCPeerConnection.createOffer) that asks for receiver reference times (RFC 3611 section 4.4): with
 * them Chromium knows the capture time of each frame. Other browsers ignore the lines that are added.
 */
export function withCaptureTimes(sdp: string): string {
  return sdp.replaceAll(
    /^a=rtpmap:(\d+) (?:VP8|VP9|AV1)\/90000$/gm,
    (line, format: string) => `${line}\r\na=rtcp-fb:${format} rrtr`,
  )
}

/** Server → viewer on the data channel, as JSON text: one per video frame that was given to the encoder. */
export const videoFrameNoteSchema = z.object({
  type: z.literal('frame'),
  /** The camera's frame number. */
  sequence: z.number().int().nonnegative(),
  /** End of the exposure, Unix time of the server, ms. */
  capturedAtMs: z.number(),
  /** When it was handed to the video encoder, Unix time of the server, ms. */
  encodedAtMs: z.number(),
  /** Size of the video frame. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Camera pixels per video pixel. */
  scale: z.number().positive(),
  /** The part of the camera's frame that is shown, camera pixels. */
  cropX: z.number().int().nonnegative(),
  cropY: z.number().int().nonnegative(),
  /** µm per video pixel, when calibrated. */
  pixelSizeUm: z.number().positive().optional(),
  stage: stagePositionSchema.optional(),
  /** Values (ADU) shown as black and white. */
  window: z.object({ low: z.number(), high: z.number(), gamma: z.number() }),
})
export type VideoFrameNote = z.infer<typeof videoFrameNoteSchema>

/**
 * Viewer → server, before it leaves: the server ends the session from its side. A viewer that closes without it is
 * noticed, too, but its server's WebRTC library may crash when it was just writing to the channel.
 */
export const goodbye = '{"type":"bye"}'

/** Viewer → server → viewer: the server sends it back with its time, so that clocks can be compared. */
export const clockPingSchema = z.strictObject({ type: z.literal('ping'), sentAtMs: z.number() })
/** The ping, sent back with the Unix time of the server, ms. */
export const clockPongSchema = z.object({
  type: z.literal('pong'),
  sentAtMs: z.number(),
  hostTimeMs: z.number(),
})
