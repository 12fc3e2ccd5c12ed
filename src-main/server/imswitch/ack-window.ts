import { framesInFlight } from '../../../src-shared/frame-channel.ts'

/** A frame that a client has been sent and not acknowledged. */
type Sent = {
  /** Its id for the client. */
  readonly id: number
  readonly sentAtMs: number
  /** The hub may send another in its place. */
  readonly release: () => void
  released: boolean
}

/** Unacknowledged frames that ImSwitch's clients count on. */
export const ackWindow = 4
/** The hub holds this many itself; so many more may be under way. */
const aheadOfHub = ackWindow - framesInFlight
/** A frame that was not acknowledged for so long will not be: the client could not decode it, or never acknowledges. */
const ackTimeoutMs = 1000

/**
 * Flow control of one client: at most `ackWindow` frames unacknowledged, from the first on. An acknowledgement covers
 * all frames sent before, as ImSwitch's do; one of a frame that is not under way (late, repeated, made up) does nothing.
 */
export class AckWindow {
  #sent: Sent[] = []

  /** Frames under way. */
  get size(): number {
    return this.#sent.length
  }

  /** A frame goes out; `release` is called, later, when another may follow. */
  sent(frame: { readonly id: number; readonly nowMs: number; readonly release: () => void }): void {
    this.#sent.push({ id: frame.id, sentAtMs: frame.nowMs, release: frame.release, released: false })
    this.#settle()
  }

  /** Of the oldest frame where no id is given. */
  acknowledge(id: number | undefined): void {
    const last = id === undefined ? 0 : this.#sent.findIndex((frame) => frame.id === id)
    if (last >= 0) this.#drop(last + 1)
  }

  /** Gives up on frames that have waited too long; call it only when the connection has taken all that was sent. */
  expire(nowMs: number): void {
    const fresh = this.#sent.findIndex(({ sentAtMs }) => nowMs - sentAtMs < ackTimeoutMs)
    this.#drop(fresh < 0 ? this.#sent.length : fresh)
  }

  /** Another stream begins; what was under way of the former one is the hub's no more. */
  reset(): void {
    this.#sent = []
  }

  #drop(count: number): void {
    const done = this.#sent.slice(0, count)
    this.#sent = this.#sent.slice(count)
    for (const frame of done) release(frame)
    this.#settle()
  }

  #settle(): void {
    for (const frame of this.#sent.slice(0, aheadOfHub)) release(frame)
  }
}

function release(frame: Sent): void {
  if (frame.released) return
  frame.released = true
  // The hub may be handing out a frame just now.
  queueMicrotask(frame.release)
}
