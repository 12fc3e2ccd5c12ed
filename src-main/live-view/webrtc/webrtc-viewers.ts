/** Answers viewers' offers, and keeps their sessions: what they hold, and their places on the board of viewers. */
import { randomBytes } from 'node:crypto'
import { tokenIdOf } from '../../../src-shared/access.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { IceCandidate, WebrtcAnswer, WebrtcOffer } from '../../../src-shared/webrtc.ts'
import type { LiveViewController } from '../live-view-controller.ts'
import type { StreamHold } from '../stream-holds.ts'
import type { ViewerBoard, ViewerIdentity } from '../viewer-board.ts'
import type { PeerChannel } from './peer-channel.ts'
import { checkAnswer, checkOffer } from './sdp.ts'
import type { IceServer } from './webrtc-library.ts'
import type { WebrtcSignalling } from './webrtc-signalling.ts'

type Options = {
  readonly liveView: LiveViewController
  readonly viewers: ViewerBoard
  /** STUN and TURN servers of the settings; read at each use. */
  iceServers(): readonly IceServer[]
}

type Viewer = Omit<ViewerIdentity, 'id' | 'disconnect'>

type Session = {
  readonly peers: PeerChannel
  /** By which its viewer came in. */
  readonly tokenId: string
  isConnected: boolean
  end(): void
}

/**
 * Sessions of one token that have not connected yet: offers that never do must not take all places. A class that opens
 * its link at once passes, as each connects within a second.
 */
const maxConnecting = 24

const mediaServer: Viewer = {
  callerId: 'whip',
  label: 'Media server (WHIP)',
  role: 'viewer',
  address: '',
  client: 'webrtc',
}

/** The sessions of WebRTC: each holds its stream while it lasts. */
export class WebrtcViewers implements WebrtcSignalling {
  readonly #options: Options
  readonly #sessions = new Map<string, Session>()
  readonly #closed = new Emitter<string>()

  constructor(options: Options) {
    this.#options = options
  }

  async answer(offer: WebrtcOffer, viewer: Viewer): Promise<WebrtcAnswer> {
    checkOffer(offer.sdp)
    const { detectorName, params } = offer
    const { sessionId, hold, peers } = await this.#open({ detectorName, params }, viewer)
    const iceServers = this.#iceServers(hold.detectorName)
    const sdp = await this.#orEnd(sessionId, () =>
      peers.request({ type: 'answer', peerId: sessionId, sdp: offer.sdp, iceServers }),
    )
    return { sessionId, detectorName: hold.detectorName, sdp }
  }

  async addCandidates(sessionId: string, candidates: readonly IceCandidate[]): Promise<void> {
    const session = this.#sessions.get(sessionId)
    if (session === undefined) {
      throw new CoverslipError('UNKNOWN_SESSION', 'There is no such WebRTC session', {
        hint: 'It may have ended; begin a new one.',
      })
    }
    await session.peers.request({ type: 'candidates', peerId: sessionId, candidates })
  }

  async close(sessionId: string): Promise<void> {
    this.#sessions.get(sessionId)?.end()
  }

  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId)
  }

  onClosed(listener: (sessionId: string) => void): () => void {
    return this.#closed.on(listener)
  }

  async publish(
    request: { readonly detectorName?: string | undefined },
    exchange: (offerSdp: string) => Promise<string>,
  ): Promise<{ readonly sessionId: string; readonly detectorName: string }> {
    const { sessionId, hold, peers } = await this.#open(request, mediaServer)
    const iceServers = this.#iceServers(hold.detectorName)
    await this.#orEnd(sessionId, async () => {
      const offer = await peers.request({ type: 'offer', peerId: sessionId, iceServers })
      const sdp = await exchange(offer)
      checkAnswer(sdp)
      return peers.request({ type: 'accept', peerId: sessionId, sdp })
    })
    return { sessionId, detectorName: hold.detectorName }
  }

  /**
   * A session with its hold on the stream and its place on the board, still without a connection.
   * @throws CoverslipError RATE_LIMITED, and as `holdStream`.
   */
  async #open(
    request: Pick<WebrtcOffer, 'detectorName' | 'params'>,
    viewer: Viewer,
  ): Promise<{ sessionId: string; hold: StreamHold; peers: PeerChannel }> {
    const { liveView, viewers } = this.#options
    const hold = await liveView.holdStream({ ...request, protocol: 'webrtc' })
    const { detectorName } = hold
    const peers = liveView.peersOf(detectorName)
    const tokenId = tokenIdOf(viewer.callerId)
    if (this.#connecting(tokenId) >= maxConnecting) {
      hold.release()
      throw new CoverslipError(
        'RATE_LIMITED',
        `${maxConnecting} WebRTC sessions of this link are connecting`,
        {
          hint: 'Take the answers to your offers, or wait half a minute until they are given up.',
        },
      )
    }
    if (peers === undefined) {
      hold.release()
      throw new CoverslipError('DEVICE_UNAVAILABLE', `The stream of ${detectorName} has stopped already`, {
        hint: 'Try again.',
      })
    }
    const sessionId = randomBytes(16).toString('base64url')
    const leave = viewers.join({
      // Others see this id, and must not learn the session's.
      viewer: { ...viewer, id: randomBytes(8).toString('base64url'), disconnect: () => end() },
      detectorName,
      protocol: () => 'webrtc',
      counts: () => peers.countsOf(sessionId) ?? { frames: 0, bytes: 0, skipped: 0 },
    })
    const stopListening = peers.on((news) => {
      if (news.peerId !== sessionId) return
      if (news.type === 'closed') over()
      else session.isConnected = true
    })
    const over = () => {
      if (!this.#sessions.delete(sessionId)) return
      stopListening()
      leave()
      hold.release()
      this.#closed.emit(sessionId)
    }
    const end = () => {
      // Fails only when the stream has stopped, and the connection with it.
      peers.request({ type: 'close', peerId: sessionId }).catch(() => undefined)
      over()
    }
    const session: Session = { peers, tokenId, isConnected: false, end }
    this.#sessions.set(sessionId, session)
    return { sessionId, hold, peers }
  }

  #connecting(tokenId: string): number {
    const sessions = [...this.#sessions.values()]
    return sessions.filter((session) => session.tokenId === tokenId && !session.isConnected).length
  }

  /** Does the next step of a session, which ends when that fails. */
  async #orEnd(sessionId: string, step: () => Promise<string>): Promise<string> {
    try {
      return await step()
    } catch (error) {
      this.#sessions.get(sessionId)?.end()
      throw CoverslipError.from(error)
    }
  }

  /** Those of the settings, and those of the stream. */
  #iceServers(detectorName: string): IceServer[] {
    const params = this.#options.liveView.getStreamParams({ detectorName, protocol: 'webrtc' })
    return [...this.#options.iceServers(), ...(params.protocol === 'webrtc' ? params.iceServers : [])]
  }
}
