/** A camera watched by WebRTC: connection, video and notes; in the page, as workers have no WebRTC. */
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import {
  frameChannelLabel,
  type IceCandidate,
  videoFrameNoteSchema,
  withCaptureTimes,
  type WebrtcAnswer,
  type WebrtcOffer,
} from '../../src-shared/webrtc.ts'
import type { DisplayError } from './display-types.ts'
import { type VideoImage, videoFrame } from './video-frame.ts'
import { leaveCall } from './leave-call.ts'
import { VideoNotes } from './video-notes.ts'

/** What a video needs of the engine. */
export interface VideoSignalling {
  offer(offer: WebrtcOffer): Promise<WebrtcAnswer>
  addCandidates(candidates: { sessionId: string; candidates: IceCandidate[] }): Promise<void>
  close(session: { sessionId: string }): Promise<void>
  /** STUN and TURN servers; none are needed within one network. */
  iceServers(): readonly RTCIceServer[]
  /** Of the camera: tells grey from colour, and how large its values get. */
  pixelFormat(detectorName: string): PixelFormat
  /** A failed call in words for the user. */
  describe(error: unknown): DisplayError
}

/** What the browser measures of a connection. */
export type VideoStatistics = {
  readonly bytesPerSecond: number
  readonly roundTripMs: number | undefined
  /** Frames that came too late or incomplete to be shown. */
  readonly dropped: number
}

type VideoListener = {
  onFrame(image: VideoImage): void
  onStatistics(statistics: VideoStatistics): void
  /** Why there is no video; undefined when the cause is gone. */
  onError(error: DisplayError | undefined): void
}

/** Frames given away and not drawn yet, at most. */
const framesInFlight = 2
/** Candidates of this computer are found at once; those of STUN and TURN follow the offer, ms. */
const gatherMs = 250
/** A connection that is interrupted may mend itself, ms. */
const mendMs = 3000
/** Pauses between attempts, ms; the last one repeats. */
const backOffMs = [1000, 2000, 5000]
const statisticsEveryMs = 500

/** Watches one camera until `close`; connects again by itself. */
export class VideoConnection {
  readonly #detectorName: string
  readonly #signalling: VideoSignalling
  readonly #listener: VideoListener
  readonly #video = document.createElement('video')
  readonly #statisticsTimer: ReturnType<typeof setInterval>
  #channel: RTCDataChannel | undefined
  #peer: RTCPeerConnection | undefined
  #notes = new VideoNotes()
  #sessionId: string | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #frames = 0
  #inFlight = 0
  #closed = false
  #lastBytes: { readonly bytes: number; readonly atMs: number } | undefined

  constructor(detectorName: string, signalling: VideoSignalling, listener: VideoListener) {
    this.#detectorName = detectorName
    this.#signalling = signalling
    this.#listener = listener
    this.#video.muted = true
    this.#video.playsInline = true
    this.#statisticsTimer = setInterval(() => void this.#measure(), statisticsEveryMs)
    this.#nextFrame()
    void this.#connect()
  }

  /** The worker is done with a frame: there is room for another. */
  taken(): void {
    this.#inFlight = Math.max(0, this.#inFlight - 1)
  }

  /** Begins anew at once, e.g. because the host is another one. */
  restart(): void {
    this.#failures = 0
    void this.#connect()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#statisticsTimer)
    this.#hangUp()
    this.#video.srcObject = null
  }

  #hangUp(): void {
    clearTimeout(this.#retry)
    const [peer, channel] = [this.#peer, this.#channel]
    this.#peer = undefined
    this.#channel = undefined
    if (peer !== undefined) leaveCall(peer, channel)
    // The host notices by itself when it does not hear of it.
    if (this.#sessionId !== undefined)
      this.#signalling.close({ sessionId: this.#sessionId }).catch(() => undefined)
    this.#sessionId = undefined
  }

  async #connect(): Promise<void> {
    this.#hangUp()
    const peer = new RTCPeerConnection({ iceServers: [...this.#signalling.iceServers()] })
    this.#peer = peer
    this.#notes = new VideoNotes()
    this.#lastBytes = undefined
    let sessionId: string | undefined
    let early: IceCandidate[] = []
    const { receiver } = peer.addTransceiver('video', { direction: 'recvonly' })
    // Frames are shown as they come, not smoothed.
    receiver.jitterBufferTarget = 0
    peer.addEventListener('track', ({ track }) => this.#play(track))
    peer.addEventListener('connectionstatechange', () => this.#stateChanged(peer))
    const channel = peer.createDataChannel(frameChannelLabel, { ordered: false, maxRetransmits: 0 })
    this.#channel = channel
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.#note(data))
    try {
      const offer = await peer.createOffer()
      await peer.setLocalDescription({ type: 'offer', sdp: withCaptureTimes(offer.sdp ?? '') })
      await gathered(peer)
      const sdp = peer.localDescription?.sdp ?? ''
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate === null || candidate.candidate === '') return
        const { candidate: text, sdpMid, sdpMLineIndex } = candidate
        early.push({ candidate: text, sdpMid, sdpMLineIndex })
        sendCandidates()
      })
      const sendCandidates = () => {
        if (sessionId === undefined || early.length === 0) return
        const candidates = early
        early = []
        // A candidate that does not arrive is one way less; the others may do.
        this.#signalling.addCandidates({ sessionId, candidates }).catch(() => undefined)
      }
      const answer = await this.#signalling.offer({ detectorName: this.#detectorName, sdp })
      sessionId = answer.sessionId
      if (peer !== this.#peer) {
        await this.#signalling.close({ sessionId })
        return
      }
      this.#sessionId = sessionId
      await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
      sendCandidates()
    } catch (error) {
      if (peer === this.#peer) this.#failed(this.#signalling.describe(error))
    }
  }

  #play(track: MediaStreamTrack): void {
    this.#video.srcObject = new MediaStream([track])
    // Rejects only when it is replaced meanwhile: muted video may always play.
    this.#video.play().catch(() => undefined)
  }

  #stateChanged(peer: RTCPeerConnection): void {
    if (peer !== this.#peer) return
    const { connectionState } = peer
    clearTimeout(this.#retry)
    if (connectionState === 'connected') {
      this.#failures = 0
      this.#listener.onError(undefined)
    } else if (connectionState === 'failed') {
      this.#failed(unreachable)
    } else if (connectionState === 'disconnected') {
      this.#retry = setTimeout(() => this.#failed(unreachable), mendMs)
    }
  }

  #failed(error: DisplayError): void {
    if (this.#closed) return
    this.#listener.onError(error)
    this.#hangUp()
    const pauseMs = backOffMs[Math.min(this.#failures, backOffMs.length - 1)] ?? 0
    this.#failures += 1
    this.#retry = setTimeout(() => void this.#connect(), pauseMs)
  }

  #note(data: unknown): void {
    if (typeof data !== 'string') return
    const note = videoFrameNoteSchema.safeParse(parsed(data))
    if (note.success) this.#notes.add(note.data, performance.now())
  }

  #nextFrame(): void {
    this.#video.requestVideoFrameCallback((_now, metadata) => {
      if (this.#closed) return
      this.#nextFrame()
      const note = this.#notes.find(metadata)
      if (this.#inFlight >= framesInFlight) return
      this.#inFlight += 1
      const origin = {
        detectorName: this.#detectorName,
        frameId: this.#frames++,
        pixelFormat: this.#signalling.pixelFormat(this.#detectorName),
      }
      createImageBitmap(this.#video).then(
        (bitmap) => {
          if (this.#closed) return bitmap.close()
          const frame = videoFrame(bitmap, note, origin)
          this.#listener.onFrame({ bitmap, frame, capturedAtMs: note?.capturedAtMs })
        },
        // The video was just replaced by another.
        () => this.taken(),
      )
    })
  }

  async #measure(): Promise<void> {
    const peer = this.#peer
    if (peer?.connectionState !== 'connected') return
    let bytes = 0
    let dropped = 0
    let roundTripMs: number | undefined
    for (const report of (await peer.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'video') {
        bytes = Number(report.bytesReceived ?? 0)
        dropped = Number(report.framesDropped ?? 0)
      }
      if (report.type === 'candidate-pair' && report.nominated === true) {
        const seconds: unknown = report.currentRoundTripTime
        if (typeof seconds === 'number') roundTripMs = seconds * 1000
      }
    }
    const atMs = performance.now()
    const last = this.#lastBytes ?? { bytes, atMs: atMs - statisticsEveryMs }
    this.#lastBytes = { bytes, atMs }
    const bytesPerSecond = Math.max(0, (bytes - last.bytes) * 1000) / (atMs - last.atMs)
    if (peer === this.#peer) this.#listener.onStatistics({ bytesPerSecond, roundTripMs, dropped })
  }
}

const unreachable: DisplayError = {
  code: 'DEVICE_UNAVAILABLE',
  message: 'The video does not come through.',
  hint: 'It is tried again by itself. Between networks a STUN or TURN server may be needed; Lossless and JPEG work without.',
}

/** Resolves when all candidates are known, or after a moment. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === 'complete') return resolve()
    setTimeout(resolve, gatherMs)
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState === 'complete') resolve()
    })
  })
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // What is no JSON is no note; the schema refuses it.
    return undefined
  }
}
