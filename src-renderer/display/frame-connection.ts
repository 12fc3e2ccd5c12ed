/** The display's way to the host: what socket and desktop port have in common. */
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { DisplayError, DisplayState, Subscription } from './display-types.ts'

/** WebRTC frames come another way. */
export type SocketSubscription = Subscription & { readonly protocol?: SocketProtocol | undefined }
/** Protocols whose frames come as messages. */
export type SocketProtocol = Exclude<Protocol, 'webrtc'>

/** The way that frames come to a display. */
export interface FrameConnection {
  /** Asks for these frames instead of those asked for before; again by itself after a reconnect. */
  subscribe(subscription: SocketSubscription): void
  /** Tells the host that there is room for another frame. */
  acknowledge(frameId: number): void
  /** The host's Unix time, ms; undefined when it does not answer. */
  hostTimeMs(): Promise<number | undefined>
  close(): void
}

/** Who is told of what comes. */
export type ConnectionListener = {
  /** A frame of the detector subscribed to. */
  onFrame(message: FrameMessage, packet: Uint8Array<ArrayBuffer>): void
  /** A subscription begins anew: frames received before must not be acknowledged any more. */
  onSubscribe(): void
  onConnection(connection: DisplayState['connection']): void
  /** Why there are no frames; undefined when the cause is gone. */
  onError(error: DisplayError | undefined): void
}

/** What this display decodes. */
export const decodes = ['lz4', 'zstd', 'jpeg'] as const

/** The error in a reply of the host, undefined for success. */
export function errorOf(reply: unknown): DisplayError | undefined {
  if (typeof reply !== 'object' || reply === null) return malformedReply
  if ('ok' in reply && reply.ok === true) return undefined
  const text = (key: string) => {
    const value: unknown = Reflect.get(reply, key)
    return typeof value === 'string' ? value : undefined
  }
  const message = text('message')
  return message === undefined
    ? malformedReply
    : { code: text('code') ?? 'INTERNAL', message, hint: text('hint') }
}

const malformedReply: DisplayError = {
  code: 'INTERNAL',
  message: 'The server gave an answer that this page does not understand.',
  hint: 'Reload the page: server and page may be of different versions.',
}

/** The time in an answer to `clock`. */
export function hostTimeOf(reply: unknown): number | undefined {
  if (typeof reply !== 'object' || reply === null || !('hostTimeMs' in reply)) return undefined
  return typeof reply.hostTimeMs === 'number' && Number.isFinite(reply.hostTimeMs)
    ? reply.hostTimeMs
    : undefined
}

/**
 * Tells frames of the present subscription from late ones of the one before: until the host has confirmed a
 * subscription, frames of the camera shown before are late.
 */
export class SubscriptionFilter {
  #lastCamera: string | undefined
  #staleCamera: string | undefined

  begin(): void {
    this.#staleCamera = this.#lastCamera
  }

  confirmed(): void {
    this.#staleCamera = undefined
  }

  accepts(message: FrameMessage): boolean {
    if (message.detectorname === this.#staleCamera) return false
    this.#lastCamera = message.detectorname
    return true
  }
}
