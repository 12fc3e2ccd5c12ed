/** The connections of one process, fed by one video source. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import type { AssembledFrame } from './frame-pipe.ts'
import { Peer } from './peer.ts'
import type { PeerEvent, PeerRequest, VideoSettings } from './peer-messages.ts'
import type { IceServer, VideoSource, WebrtcLibrary } from './webrtc-library.ts'

const countsEveryMs = 1000
/** Makes a connection for each peer that it is asked for, and tells what becomes of it. */
export class PeerHost {
  readonly #library: WebrtcLibrary
  readonly #tell: (event: PeerEvent) => void
  readonly #peers = new Map<string, Peer>()
  readonly #source: VideoSource
  readonly #track: unknown
  #settings: VideoSettings = { codec: 'VP8', bitrateKbps: 8000 }
  #timer: NodeJS.Timeout | undefined

  constructor(library: WebrtcLibrary, tell: (event: PeerEvent) => void) {
    this.#library = library
    this.#tell = tell
    // As of a screen: a slow network or computer costs quality and frames, and never resolution.
    this.#source = new library.nonstandard.RTCVideoSource({ isScreencast: true })
    this.#track = this.#source.createTrack()
  }

  /** Gives a frame to the encoders of all viewers. */
  frame({ note, ...frame }: AssembledFrame): void {
    // Before the encoders run: this is the time that viewers match frames by.
    const text = `${note.slice(0, -1)},"encodedAtMs":${unixNowMs().toFixed(3)}}`
    this.#source.onFrame(frame)
    for (const peer of this.#peers.values()) {
      peer.frameGiven()
      peer.sendNote(text)
    }
  }

  /** The stream ends. */
  close(): void {
    for (const peer of this.#peers.values()) peer.close('The stream was stopped')
  }

  async change(settings: VideoSettings): Promise<void> {
    this.#settings = settings
    await Promise.all([...this.#peers.values()].map((peer) => peer.negotiation.change(settings)))
  }

  /** Does what is asked; resolves to this side's SDP, where there is one. */
  async handle(request: PeerRequest): Promise<string | undefined> {
    const { peerId } = request
    switch (request.type) {
      case 'answer':
        return this.#open(peerId, request.iceServers, ({ negotiation }) => negotiation.answer(request.sdp))
      case 'offer':
        return this.#open(peerId, request.iceServers, ({ negotiation }) => negotiation.offer())
      case 'accept':
        await this.#peer(peerId).negotiation.accept(request.sdp)
        return undefined
      case 'candidates':
        await this.#peer(peerId).negotiation.addCandidates(request.candidates)
        return undefined
      case 'close':
        this.#peers.get(peerId)?.close('The server ended the connection')
        return undefined
    }
  }

  async #open(
    peerId: string,
    iceServers: readonly IceServer[],
    begin: (peer: Peer) => Promise<string>,
  ): Promise<string> {
    const peer = this.#create(peerId, iceServers)
    this.#peers.set(peerId, peer)
    this.#timer ??= setInterval(() => void this.#count(), countsEveryMs)
    try {
      return await begin(peer)
    } catch (error) {
      peer.close('The connection could not be made')
      throw error
    }
  }

  /** @throws CoverslipError INVALID_INPUT for servers that the library does not take. */
  #create(peerId: string, iceServers: readonly IceServer[]): Peer {
    try {
      return new Peer({
        peerId,
        library: this.#library,
        track: this.#track,
        iceServers,
        settings: this.#settings,
        connected: () => this.#tell({ type: 'connected', peerId }),
        closed: (reason) => this.#closed(peerId, reason),
      })
    } catch (error) {
      this.#tell({ type: 'closed', peerId, reason: 'The connection could not be made' })
      const reason = error instanceof Error ? error.message : String(error)
      throw new CoverslipError('INVALID_INPUT', `The STUN and TURN servers cannot be used: ${reason}`, {
        hint: 'Correct them in the settings; a TURN server needs a user name and a credential.',
        cause: error,
      })
    }
  }

  #peer(peerId: string): Peer {
    const peer = this.#peers.get(peerId)
    if (peer !== undefined) return peer
    throw new CoverslipError('UNKNOWN_SESSION', 'This WebRTC session has ended', { hint: 'Begin a new one.' })
  }

  #closed(peerId: string, reason: string): void {
    this.#peers.delete(peerId)
    if (this.#peers.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    this.#tell({ type: 'closed', peerId, reason })
  }

  async #count(): Promise<void> {
    const connected = [...this.#peers.values()].filter((peer) => peer.connected)
    const read = await Promise.allSettled(connected.map((peer) => peer.counts()))
    // A connection that is closed meanwhile has no figures any more.
    const counts = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (counts.length > 0) this.#tell({ type: 'counts', counts })
  }
}
