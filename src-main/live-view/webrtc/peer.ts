/** One viewer's connection: sends it the stream's video track, and notes on a data channel when it opened one. */
import { frameChannelLabel } from '../../../src-shared/webrtc.ts'
import { collectGarbageSoon } from './collect-garbage.ts'
import { NoteChannel } from './note-channel.ts'
import type { PeerCounts, VideoSettings } from './peer-messages.ts'
import { PeerNegotiation } from './peer-negotiation.ts'
import { PeerStats } from './peer-stats.ts'
import type { DataChannel, IceServer, PeerConnection, WebrtcLibrary } from './webrtc-library.ts'

/** From the answer to the connection. */
const connectMs = 30_000
/** A connection that libwebrtc calls disconnected, or that has brought nothing, for so long is over. */
const silentMs = 10_000

type Options = {
  readonly peerId: string
  readonly library: WebrtcLibrary
  readonly track: unknown
  readonly iceServers: readonly IceServer[]
  readonly settings: VideoSettings
  connected(): void
  closed(reason: string): void
}

/** Begins with `negotiation.answer` or `negotiation.offer`, and is over when `closed` has been called. */
export class Peer {
  readonly negotiation: PeerNegotiation
  readonly #options: Options
  readonly #connection: PeerConnection
  readonly #stats: PeerStats
  #notes: NoteChannel | undefined
  #timer: NodeJS.Timeout | undefined
  #isConnected = false
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    const { library, iceServers, track, settings } = options
    const connection = new library.RTCPeerConnection({ iceServers })
    this.#connection = connection
    this.negotiation = new PeerNegotiation({ library, connection, track, settings })
    this.#stats = new PeerStats(connection)
    connection.onconnectionstatechange = () => this.#stateChanged()
    connection.ondatachannel = ({ channel }) => this.#opened(channel)
    this.#closeAfter(connectMs, 'The viewer did not connect')
  }

  get connected(): boolean {
    return this.#isConnected && !this.#isClosed
  }

  /** A frame was given to the encoders: `note` is the JSON of its note. */
  sendNote(note: string): void {
    this.#notes?.sendNote(note)
  }

  /** Frames given to the encoders while it is connected. */
  frameGiven(): void {
    if (this.connected) this.#stats.frameGiven()
  }

  /** What it has received until now; ends the connection when it has been silent for long. */
  async counts(): Promise<PeerCounts> {
    const counts = await this.#stats.read()
    if (counts.silentMs > silentMs) this.close('Nothing came from the viewer for 10 s')
    const { frames, bytes, skipped, roundTripMs } = counts
    const trip = roundTripMs === undefined ? {} : { roundTripMs }
    return { peerId: this.#options.peerId, frames, bytes, skipped, ...trip }
  }

  close(reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.negotiation.end()
    // Not within one of its own callbacks.
    setImmediate(() => {
      this.#forget()
      this.#connection.close()
      collectGarbageSoon()
    })
    this.#options.closed(reason)
  }

  /** The library keeps what it may call back. */
  #forget(): void {
    this.#connection.onconnectionstatechange = null
    this.#connection.onicegatheringstatechange = null
    this.#connection.ondatachannel = null
    this.#notes?.forget()
    this.#notes = undefined
  }

  #stateChanged(): void {
    switch (this.#connection.connectionState) {
      case 'connected':
        clearTimeout(this.#timer)
        if (!this.#isConnected && !this.#isClosed) this.#options.connected()
        this.#isConnected = true
        return
      case 'disconnected':
        return this.#closeAfter(silentMs, 'The network to the viewer was lost')
      case 'failed':
        return this.close('No network path to the viewer works')
      case 'closed':
        return this.close('The viewer closed the connection')
    }
  }

  #closeAfter(ms: number, reason: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(reason), ms)
  }

  #opened(channel: DataChannel): void {
    if (channel.label !== frameChannelLabel || this.#notes !== undefined) return channel.close()
    this.#notes = new NoteChannel(channel, { left: () => this.close('The viewer closed the connection') })
  }
}
