/** The connections of a video stream, as the engine sees them: they live in processes of the stream's worker. */
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { NetworkCounts } from '../stream-outlet.ts'
import type { PeerCall, PeerCounts, PeerEvent, PeerRequest } from './peer-messages.ts'

/** A process that starts takes a second, gathering candidates less. */
const replyMs = 10_000
/** One encoder runs for each; more than one computer can serve. */
const maxPeers = 64

/** What becomes of a peer: it is connected, or closed (told once for each). */
export type PeerNews = Extract<PeerEvent, { type: 'connected' | 'closed' }>

type Waiting = { resolve(sdp: string): void; reject(error: CoverslipError): void }

/** Requests for the peers of one stream, which wait for their replies, and what each peer has received. */
export class PeerChannel {
  readonly #send: (call: PeerCall) => void
  readonly #news = new Emitter<PeerNews>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #peers = new Set<string>()
  readonly #connected = new Set<string>()
  readonly #counts = new Map<string, PeerCounts>()
  /** Of peers that have left. */
  #left = { sent: 0, skipped: 0, bytes: 0 }
  #nextCall = 0
  #isClosed = false

  constructor(send: (call: PeerCall) => void) {
    this.#send = send
  }

  /** Sums over all peers, those that have left included. */
  get counts(): NetworkCounts {
    const sums = { ...this.#left }
    for (const { frames, skipped, bytes } of this.#counts.values()) {
      sums.sent += frames
      sums.skipped += skipped
      sums.bytes += bytes
    }
    return { viewers: this.#connected.size, dropped: 0, ...sums }
  }

  /** What a peer has received; undefined until it has been connected for a second. */
  countsOf(peerId: string): PeerCounts | undefined {
    return this.#counts.get(peerId)
  }

  on(listener: (news: PeerNews) => void): () => void {
    return this.#news.on(listener)
  }

  /**
   * Resolves to this side's SDP, empty for requests that make none.
   * @throws CoverslipError as the request's, RATE_LIMITED for a peer too many, DEVICE_TIMEOUT, DEVICE_UNAVAILABLE when
   * the stream is over.
   */
  async request(request: PeerRequest): Promise<string> {
    if (this.#isClosed) throw streamOver()
    const call = this.#nextCall++
    if (request.type === 'answer' || request.type === 'offer') {
      if (this.#peers.size >= maxPeers) throw tooMany()
      this.#peers.add(request.peerId)
    }
    const reply = new Promise<string>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
    })
    const timer = setTimeout(() => {
      this.#waiting
        .get(call)
        ?.reject(new CoverslipError('DEVICE_TIMEOUT', 'The video process does not answer'))
    }, replyMs)
    this.#send({ type: 'call', call, request })
    try {
      return await reply
    } catch (error) {
      // Nothing was made, so that nothing will be told to have closed.
      if (request.type === 'answer' || request.type === 'offer') this.#peers.delete(request.peerId)
      throw error
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(call)
    }
  }

  /** What the worker tells. */
  receive(event: PeerEvent): void {
    switch (event.type) {
      case 'reply':
        return this.#waiting.get(event.call)?.resolve(event.sdp ?? '')
      case 'refused':
        return this.#waiting.get(event.call)?.reject(CoverslipError.deserialize(event.error))
      case 'connected':
        this.#connected.add(event.peerId)
        return this.#news.emit(event)
      case 'closed':
        return this.#closed(event)
      case 'counts':
        for (const counts of event.counts)
          if (this.#peers.has(counts.peerId)) this.#counts.set(counts.peerId, counts)
    }
  }

  /** The stream is over, and all its connections with it. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { reject } of this.#waiting.values()) reject(streamOver())
    for (const peerId of [...this.#peers])
      this.#closed({ type: 'closed', peerId, reason: 'The stream has stopped' })
  }

  #closed(event: Extract<PeerNews, { type: 'closed' }>): void {
    const { peerId } = event
    const counts = this.#counts.get(peerId)
    if (counts !== undefined) {
      this.#left.sent += counts.frames
      this.#left.skipped += counts.skipped
      this.#left.bytes += counts.bytes
    }
    this.#counts.delete(peerId)
    this.#connected.delete(peerId)
    if (this.#peers.delete(peerId)) this.#news.emit(event)
  }
}

const streamOver = () =>
  new CoverslipError('DEVICE_UNAVAILABLE', 'The stream has stopped', { hint: 'Start it again.' })

const tooMany = () =>
  new CoverslipError('RATE_LIMITED', `${maxPeers} viewers watch this stream by WebRTC already`, {
    hint: 'Watch by MJPEG, or publish the stream to a media server (WHIP).',
  })
