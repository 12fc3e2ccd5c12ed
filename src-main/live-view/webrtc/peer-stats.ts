import type { PeerConnection } from './webrtc-library.ts'

type Totals = { readonly frames: number; readonly bytes: number }

/** Statistics of a connection (W3C webrtc-stats), as totals that only grow. */
export class PeerStats {
  readonly #connection: PeerConnection
  /** What the library counted at the last reading, and before it began anew (it does with a new bit rate). */
  #last: Totals = { frames: 0, bytes: 0 }
  #before: Totals = { frames: 0, bytes: 0 }
  #given = 0
  #packetsReceived = 0
  #heardMs = performance.now()

  constructor(connection: PeerConnection) {
    this.#connection = connection
  }

  frameGiven(): void {
    this.#given += 1
  }

  async read(): Promise<Totals & { skipped: number; roundTripMs: number | undefined; silentMs: number }> {
    const stats = [...(await this.#connection.getStats()).values()]
    const video = stats.find(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
    const pairs = stats.filter(({ type }) => type === 'candidate-pair')
    const now = { frames: numberOf(video?.['framesSent']), bytes: numberOf(video?.['bytesSent']) }
    if (now.bytes < this.#last.bytes) {
      this.#before = {
        frames: this.#before.frames + this.#last.frames,
        bytes: this.#before.bytes + this.#last.bytes,
      }
    }
    this.#last = now
    this.#listen(pairs.reduce((sum, pair) => sum + numberOf(pair['packetsReceived']), 0))
    const frames = this.#before.frames + now.frames
    const trip = pairs.find(({ nominated }) => nominated === true)?.['currentRoundTripTime']
    return {
      frames,
      bytes: this.#before.bytes + now.bytes,
      skipped: Math.max(0, this.#given - frames),
      roundTripMs: typeof trip === 'number' ? trip * 1000 : undefined,
      silentMs: performance.now() - this.#heardMs,
    }
  }

  /** Receivers report once a second at least (RFC 3550), so that silence is noticed. */
  #listen(packetsReceived: number): void {
    if (packetsReceived === this.#packetsReceived) return
    this.#packetsReceived = packetsReceived
    this.#heardMs = performance.now()
  }
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
