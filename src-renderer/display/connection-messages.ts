/** Messages between a display worker and the worker that holds its socket. */
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { DisplayError, DisplayState } from './display-types.ts'
import type { SocketSubscription } from './frame-connection.ts'

/** Display → connection. `epoch` counts the subscriptions. */
export type ConnectionRequest =
  | { readonly type: 'open'; readonly url: string; readonly path: string }
  | { readonly type: 'subscribe'; readonly subscription: SocketSubscription; readonly epoch: number }
  | { readonly type: 'acknowledge'; readonly frameId: number }
  | { readonly type: 'host-time'; readonly id: number }
  | { readonly type: 'close' }

/** Connection → display. Frames carry the epoch of their subscription. */
export type ConnectionEvent =
  | {
      readonly type: 'frame'
      readonly message: FrameMessage
      readonly packet: Uint8Array<ArrayBuffer>
      readonly epoch: number
    }
  | { readonly type: 'subscribed-anew' }
  | { readonly type: 'connection'; readonly connection: DisplayState['connection'] }
  | { readonly type: 'error'; readonly error: DisplayError | undefined }
  | { readonly type: 'host-time'; readonly id: number; readonly hostTimeMs: number | undefined }
