/** Offers and answers of one connection (RFC 8829): which side sends what, by which codec and how fast. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { IceCandidate } from '../../../src-shared/webrtc.ts'
import type { VideoSettings } from './peer-messages.ts'
import { withBitrate } from './sdp.ts'
import type { PeerConnection, Transceiver, WebrtcLibrary } from './webrtc-library.ts'

/** Host candidates are there at once; nobody waits longer for a STUN or TURN server that may not answer. */
const gatheringMs = 400

type Options = {
  readonly library: WebrtcLibrary
  readonly connection: PeerConnection
  /** What is sent. */
  readonly track: unknown
  readonly settings: VideoSettings
}

/** Begins with `answer` or `offer`. */
export class PeerNegotiation {
  readonly #library: WebrtcLibrary
  readonly #connection: PeerConnection
  readonly #track: unknown
  /** The newest settings asked for, and the bit rate that the connection has. */
  #wanted: VideoSettings
  #appliedKbps: number | undefined
  /** Negotiations follow each other: each leaves the connection as the next must find it. */
  #last: Promise<unknown> = Promise.resolve()
  /** Which side made the offer, and the other side's description as it came. */
  #remote: { readonly type: 'offer' | 'answer'; readonly sdp: string } | undefined
  #isOver = false

  constructor({ library, connection, track, settings }: Options) {
    this.#library = library
    this.#connection = connection
    this.#track = track
    this.#wanted = settings
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
    const { bitrateKbps } = this.#wanted
    try {
      await this.#connection.setRemoteDescription({ type: 'offer', sdp: withBitrate(sdp, bitrateKbps) })
      const sender = this.#connection.addTrack(this.#track, new this.#library.MediaStream())
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
    const streams = [new this.#library.MediaStream()]
    this.#prefer(this.#connection.addTransceiver(this.#track, { direction: 'sendonly', streams }))
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
    if (remote === undefined || this.#isOver || this.#appliedKbps === bitrateKbps) return
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
    const turn = this.#last.then(negotiate)
    // Whoever asked hears of a failure; those who come after must not.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** The connection is being closed: nothing is negotiated any more. */
  end(): void {
    this.#isOver = true
  }

  /** Puts the wanted codec first; the others stay, for viewers that do not have it. */
  #prefer(transceiver: Transceiver): void {
    const { codecs } = this.#library.RTCRtpSender.getCapabilities('video')
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
    if (description === null || this.#isOver) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', 'The connection was closed before it was made')
    }
    return description.sdp
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
