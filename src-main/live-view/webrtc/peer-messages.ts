/**
 * What is said about viewers' connections between the engine, a video stream's worker and its peer process. `peerId`
 * is chosen by the engine. All of it is plain data, and passes through threads and processes as it is.
 */
import type { SerializedError } from '../../../src-shared/errors.ts'
import type { WebrtcParams } from '../../../src-shared/stream-params.ts'
import type { IceCandidate } from '../../../src-shared/webrtc.ts'
import type { IceServer } from './webrtc-library.ts'

/** Requests, with what they resolve to: `answer` and `offer` to this side's SDP, the others to nothing. */
export type PeerRequest =
  | {
      readonly type: 'answer'
      readonly peerId: string
      readonly sdp: string
      readonly iceServers: readonly IceServer[]
    }
  | { readonly type: 'offer'; readonly peerId: string; readonly iceServers: readonly IceServer[] }
  /** The answer to an offer of ours. */
  | { readonly type: 'accept'; readonly peerId: string; readonly sdp: string }
  | {
      readonly type: 'candidates'
      readonly peerId: string
      readonly candidates: readonly IceCandidate[]
    }
  | { readonly type: 'close'; readonly peerId: string }

/** A request and the number by which its reply names it. */
export type PeerCall = { readonly type: 'call'; readonly call: number; readonly request: PeerRequest }

/** What a viewer has received since it connected. */
export type PeerCounts = {
  readonly peerId: string
  /** Video frames, and bytes of them, sent to it. */
  readonly frames: number
  readonly bytes: number
  /** Frames that its encoder left out, because the network was too slow for them. */
  readonly skipped: number
  readonly roundTripMs?: number
}

/** What a peer process tells of its peers. */
export type PeerEvent =
  | { readonly type: 'reply'; readonly call: number; readonly sdp?: string }
  | { readonly type: 'refused'; readonly call: number; readonly error: SerializedError }
  | { readonly type: 'connected'; readonly peerId: string }
  /** The connection is over: closed by either side, lost, or never made. Told once, for every peer. */
  | { readonly type: 'closed'; readonly peerId: string; readonly reason: string }
  /** Once a second while somebody is connected. */
  | { readonly type: 'counts'; readonly counts: readonly PeerCounts[] }

/** From a peer process to its worker; `started`: its library is loaded. */
export type PeerProcessEvent = PeerEvent | { readonly type: 'started' }

/** How video is encoded: applies to all peers of a stream, at once. */
export type VideoSettings = Pick<WebrtcParams, 'codec' | 'bitrateKbps'>

/** From the worker to the peer process. */
export type PeerProcessRequest =
  | PeerCall
  | { readonly type: 'settings'; readonly settings: VideoSettings }
  | { readonly type: 'stop' }
