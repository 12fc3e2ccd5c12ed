/** What the LiveViewController and a stream worker say to each other. */
import type { SerializedError } from '../../src-shared/errors.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { StreamStats } from '../../src-shared/live-view.ts'
import type { StreamParams } from '../../src-shared/stream-params.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import type { PeerCall, PeerEvent } from './webrtc/peer-messages.ts'

/** What a stream worker is started with. */
export type StreamWorkerData = {
  readonly detectorName: string
  readonly ring: FrameRingMemory
  /** The first frame that is of this stream, counted as the ring does: it may come before the worker is up. */
  readonly firstFrame: number
  readonly params: StreamParams
  /** One Int32: number of viewers that are ready for a frame; written by the controller, read by the worker. */
  readonly audience: Int32Array<SharedArrayBuffer>
}

/** From the stream's owner to its worker. */
export type StreamRequest =
  | { readonly type: 'params'; readonly params: StreamParams }
  /** A viewer is ready after none was: send the newest frame if one is due. */
  | { readonly type: 'wake' }
  /** A packet's memory comes back. */
  | { readonly type: 'recycle'; readonly buffer: ArrayBuffer }
  /** Of a viewer's connection (webrtc). */
  | PeerCall
  | { readonly type: 'stop' }

/** The worker's counts, once a second. */
export type StreamReport = Pick<StreamStats, 'camera' | 'encoder'>

/** From the worker to the stream's owner. */
export type StreamMessage =
  | {
      readonly type: 'frame'
      readonly frameId: number
      readonly message: FrameMessage
      readonly encoding: 'lz4' | 'zstd' | 'none' | 'jpeg'
      /** The packet is the first `bytes` of it; it goes back with `recycle`. */
      readonly buffer: ArrayBuffer
      readonly bytes: number
    }
  | { readonly type: 'report'; readonly report: StreamReport }
  /** Of viewers' connections (webrtc). */
  | { readonly type: 'peer'; readonly event: PeerEvent }
  /** Something went wrong, mostly with one frame; the stream goes on. */
  | { readonly type: 'fault'; readonly error: SerializedError }

/** How a worker tells. */
export type Post = (message: StreamMessage, transfer?: ArrayBuffer[]) => void
