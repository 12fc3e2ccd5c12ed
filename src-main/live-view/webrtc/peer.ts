/** One viewer's connection: sends it the stream's video track, and notes on a data channel when it opened one. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { clockPingSchema, frameChannelLabel, type IceCandidate } from '../../../src-shared/webrtc.ts'
import { collectGarbageSoon } from './collect-garbage.ts'
import type { PeerCounts, VideoSettings } from './peer-messages.ts'
import { PeerStats } from './peer-stats.ts'
import { withBitrate } from './sdp.ts'
import type { DataChannel, IceServer, PeerConnection, Transceiver, WebrtcLibrary } from './webrtc-library.ts'

/** Host candidates are there at once; nobody waits longer for a STUN or TURN server that may not answer. */
const gatheringMs = 400
/** From the answer to the connection. */
const connectMs = 30_000
/** A connection that libwebrtc calls disconnected, or that has brought nothing, for so long is over. */
const silentMs = 10_000
/** Notes are dropped rather than queued beyond this. */
const maxBufferedBytes = 65_536
/** A viewer that says so much nonsense, or asks so often, loses its data channel. */
const maxIgnored = 100
const maxMessageLength = 200
const pingsPerSecond = 20

type Options = {
  readonly peerId: string
  readonly library: WebrtcLibrary
  readonly track: unknown
  readonly iceServers: readonly IceServer[]
  readonly settings: VideoSettings
  connected(): void
  closed(reason: string): void
}

/** Begins with `answer` or `offer`, and is over when `closed` has been called. */
export class Peer {
  readonly #options: Options
  readonly #connection: PeerConnection
  readonly #stats: PeerStats
  /** The newest settings asked for, and the bit rate that the connection has. */
  #wanted: VideoSettings
  #appliedKbps: number | undefined
  /** Negotiations follow each other: each leaves the connection as the next must find it. */
  #negotiation: Promise<unknown> = Promise.resolve()
  /** Which side made the offer, and the other side's description as it came. */
  #remote: { readonly type: 'offer' | 'answer'; readonly sdp: string } | undefined
  #notes: DataChannel | undefined
  #ignored = 0
  #pings = { sinceMs: 0, count: 0 }
  #timer: NodeJS.Timeout | undefined
  #isConnected = false
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    this.#wanted = options.settings
    const { library, iceServers } = options
    this.#connection = new library.RTCPeerConnection({ iceServers })
    this.#stats = new PeerStats(this.#connection)
    this.#connection.onconnectionstatechange = () => this.#stateChanged()
    this.#connection.ondatachannel = ({ channel }) => this.#opened(channel)
    this.#closeAfter(connectMs, 'The viewer did not connect')
  }

  get connected(): boolean {
    return this.#isConnected && !this.#isClosed
  }

  /**
   * Answers the viewer's offer; with all candidates of this side.
   * @throws CoverslipError INVALID_INPUT when the library refuses the offer.
   */
  async answer(sdp: string): Promise<string> {
    await this.#inTurn(() => this.#answer(sdp))
    return this.#gathered()
  }

  async #answer(sdp: string): Promise<void> {
    const { library, track } = this.#options
    const { bitrateKbps } = this.#wanted
    try {
      await this.#connection.setRemoteDescription({ type: 'offer', sdp: withBitrate(sdp, bitrateKbps) })
      const sender = this.#connection.addTrack(track, new library.MediaStream())
      for (const transceiver of this.#connection.getTransceivers()) {
        // Nothing that the viewer may send is received.
        transceiver.direction = transceiver.sender === sender ? 'sendonly' : 'inactive'
        if (transceiver.sender === sender) this.#prefer(transceiver)
      }
      await this.#connection.setLocalDescription(await this.#connection.createAnswer())
    } catch (error) {
      throw refused('offer', error)
    }
    this.#remote = { type: 'offer', sdp }
    this.#appliedKbps = bitrateKbps
  }

  /** Makes an offer to send video, with all candidates of this side. */
  async offer(): Promise<string> {
    const { library, track } = this.#options
    const streams = [new library.MediaStream()]
    this.#prefer(this.#connection.addTransceiver(track, { direction: 'sendonly', streams }))
    await this.#inTurn(() => this.#setOffer())
    return this.#gathered()
  }

  /**
   * Takes the other side's answer to `offer`.
   * @throws CoverslipError INVALID_INPUT when the library refuses it.
   */
  accept(sdp: string): Promise<void> {
    return this.#inTurn(async () => {
      const { bitrateKbps } = this.#wanted
      try {
        await this.#connection.setRemoteDescription({ type: 'answer', sdp: withBitrate(sdp, bitrateKbps) })
      } catch (error) {
        throw refused('answer', error)
      }
      this.#remote = { type: 'answer', sdp }
      this.#appliedKbps = bitrateKbps
    })
  }

  /** @throws CoverslipError INVALID_INPUT naming the candidate that the library refuses. */
  async addCandidates(candidates: readonly IceCandidate[]): Promise<void> {
    for (const candidate of candidates) {
      // The end of candidates; the library takes none.
      if (candidate.candidate === '') continue
      try {
        await this.#connection.addIceCandidate(candidate)
      } catch (error) {
        throw new CoverslipError('INVALID_INPUT', `The ICE candidate "${candidate.candidate}" is refused`, {
          hint: 'Send candidates as RTCPeerConnection gave them, with sdpMid or sdpMLineIndex.',
          cause: error,
        })
      }
    }
  }

  /**
   * New bit rate. The library takes it from the other side's description only, so both descriptions are set once more;
   * the other side need not know. The codec stays what was negotiated. Of several changes the newest applies.
   */
  change(settings: VideoSettings): Promise<void> {
    this.#wanted = settings
    return this.#inTurn(() => this.#applyBitrate())
  }

  async #applyBitrate(): Promise<void> {
    const { bitrateKbps } = this.#wanted
    const remote = this.#remote
    // Without the other side's description, `answer` or `accept` will apply it.
    if (remote === undefined || this.#isClosed || this.#appliedKbps === bitrateKbps) return
    const connection = this.#connection
    const description = { type: remote.type, sdp: withBitrate(remote.sdp, bitrateKbps) }
    if (remote.type === 'offer') {
      await connection.setRemoteDescription(description)
      await connection.setLocalDescription(await connection.createAnswer())
    } else {
      await this.#setOffer()
      await connection.setRemoteDescription(description)
    }
    this.#appliedKbps = bitrateKbps
  }

  async #setOffer(): Promise<void> {
    await this.#connection.setLocalDescription(await this.#connection.createOffer())
  }

  #inTurn(negotiate: () => Promise<void>): Promise<void> {
    const turn = this.#negotiation.then(negotiate)
    // Whoever asked hears of a failure; those who come after must not.
    this.#negotiation = turn.catch(() => undefined)
    return turn
  }

  /** A frame was given to the encoders: `note` is the JSON of its note. */
  sendNote(note: string): void {
    const channel = this.#notes
    if (channel?.readyState !== 'open' || channel.bufferedAmount > maxBufferedBytes) return
    this.#send(channel, note)
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
    if (this.#notes === undefined) return
    this.#notes.onmessage = null
    this.#notes.onclose = null
    this.#notes = undefined
  }

  /** Puts the wanted codec first; the others stay, for viewers that do not have it. */
  #prefer(transceiver: Transceiver): void {
    const { codecs } = this.#options.library.RTCRtpSender.getCapabilities('video')
    const wanted = `video/${this.#wanted.codec}`
    const first = codecs.filter(({ mimeType }) => mimeType === wanted)
    if (first.length === 0) return
    transceiver.setCodecPreferences([...first, ...codecs.filter(({ mimeType }) => mimeType !== wanted)])
  }

  async #gathered(): Promise<string> {
    const connection = this.#connection
    if (connection.iceGatheringState !== 'complete') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, gatheringMs)
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState !== 'complete') return
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const description = connection.localDescription
    if (description === null || this.#isClosed) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', 'The connection was closed before it was made')
    }
    return description.sdp
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
    this.#notes = channel
    channel.onmessage = ({ data }) => this.#heard(channel, data)
    channel.onclose = () => {
      if (this.#ignored <= maxIgnored) this.close('The viewer closed the connection')
    }
  }

  #heard(channel: DataChannel, data: unknown): void {
    const ping = typeof data === 'string' ? parsePing(data) : undefined
    if (ping !== undefined && this.#mayPing()) {
      const pong = { type: 'pong', sentAtMs: ping.sentAtMs, hostTimeMs: unixNowMs() }
      this.#send(channel, JSON.stringify(pong))
      return
    }
    this.#ignored += 1
    if (this.#ignored > maxIgnored) channel.close()
  }

  #send(channel: DataChannel, text: string): void {
    try {
      channel.send(text)
    } catch {
      // The library closes channels on a thread of its own: this one was open a moment ago, and `onclose` will tell.
    }
  }

  #mayPing(): boolean {
    const nowMs = performance.now()
    if (nowMs - this.#pings.sinceMs > 1000) this.#pings = { sinceMs: nowMs, count: 0 }
    this.#pings.count += 1
    return this.#pings.count <= pingsPerSecond
  }
}

function parsePing(text: string): { readonly sentAtMs: number } | undefined {
  if (text.length > maxMessageLength) return undefined
  try {
    return clockPingSchema.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON: counted by the caller like anything else that is no ping.
    return undefined
  }
}

function refused(what: 'offer' | 'answer', error: unknown): CoverslipError {
  // Some of the library's errors have a name only.
  const reason = error instanceof Error ? error.message || error.name : String(error)
  return new CoverslipError('INVALID_INPUT', `The ${what} cannot be used: ${reason}`, {
    hint: `Send the SDP as RTCPeerConnection made it, with \\r\\n between its lines.`,
    cause: error,
  })
}
