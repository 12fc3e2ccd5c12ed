/**
 * The WebRTC library, @roamhq/wrtc (Google's libwebrtc for Node; an optional package with a binary per platform), as
 * far as it is used here. Its names are those of the W3C's WebRTC API.
 * It is loaded in `peer-process.ts` only: a process that has used it crashes at its natural end.
 */
import { createRequire } from 'node:module'
import type { IceCandidate } from '../../../src-shared/webrtc.ts'

/** Name of the optional package. */
export const webrtcPackage = '@roamhq/wrtc'

/** RTCSessionDescriptionInit: SDP and which side it is of. */
export type SessionDescription = { readonly type: 'offer' | 'answer'; readonly sdp: string }

/** RTCIceServer: a STUN server, or a TURN server with its credentials. */
export type IceServer = {
  readonly urls: readonly string[]
  readonly username?: string | undefined
  readonly credential?: string | undefined
}

/** I420 (ITU-R BT.601): `width * height` bytes Y, then a quarter of that U, and V. Both sides are even. */
export type VideoFrame = {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray<ArrayBuffer>
}

/** Where a track's frames come from (the library's own, not of the W3C). */
export interface VideoSource {
  createTrack(): unknown
  /** Copies the frame and gives it to the encoders. */
  onFrame(frame: VideoFrame): void
}

/** RTCDataChannel, for text. */
export interface DataChannel {
  readonly label: string
  readonly readyState: string
  readonly bufferedAmount: number
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: (() => void) | null
  send(text: string): void
  close(): void
}

/** RTCRtpCodec: `video/VP8`. */
export type Codec = { readonly mimeType: string }

/** RTCRtpTransceiver: one medium of a connection. */
export interface Transceiver {
  direction: string
  readonly sender: object
  setCodecPreferences(codecs: readonly Codec[]): void
}

/** RTCPeerConnection. Closing it does not free it: see `collect-garbage.ts`. */
export interface PeerConnection {
  readonly connectionState: string
  readonly iceGatheringState: string
  readonly localDescription: SessionDescription | null
  onconnectionstatechange: (() => void) | null
  onicegatheringstatechange: (() => void) | null
  ondatachannel: ((event: { readonly channel: DataChannel }) => void) | null
  addTrack(track: unknown, stream: unknown): object
  getTransceivers(): Transceiver[]
  addTransceiver(
    track: unknown,
    init: { readonly direction: string; readonly streams: readonly unknown[] },
  ): Transceiver
  setRemoteDescription(description: SessionDescription): Promise<void>
  setLocalDescription(description: SessionDescription): Promise<void>
  createAnswer(): Promise<SessionDescription>
  createOffer(): Promise<SessionDescription>
  addIceCandidate(candidate: IceCandidate): Promise<void>
  getStats(): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>
  close(): void
}

/** What the package exports. */
export type WebrtcLibrary = {
  readonly RTCPeerConnection: new (configuration: {
    readonly iceServers: readonly IceServer[]
  }) => PeerConnection
  readonly MediaStream: new () => unknown
  readonly RTCRtpSender: { getCapabilities(kind: 'video'): { readonly codecs: readonly Codec[] } }
  readonly nonstandard: {
    readonly RTCVideoSource: new (options: { readonly isScreencast: boolean }) => VideoSource
  }
}

// Not named `require`: the bundler declares that itself.
const requireHere = createRequire(import.meta.url)

let available: boolean | undefined

/** Whether the library and its binary for this platform are installed; they are looked for once. */
export function webrtcAvailable(): boolean {
  available ??= isInstalled()
  return available
}

function isInstalled(): boolean {
  try {
    // Binaries are dependencies of the package, and may lie below it.
    createRequire(requireHere.resolve(webrtcPackage)).resolve(
      `${webrtcPackage}-${process.platform}-${process.arch}`,
    )
    return true
  } catch {
    return false
  }
}

/** @throws Error when it is not installed, or does not fit this computer. */
export function loadWebrtc(): WebrtcLibrary {
  return requireHere(webrtcPackage) as WebrtcLibrary
}
