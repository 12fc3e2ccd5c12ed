/** Frames of the last seconds, kept in case that the recording begins. */
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'

/** A frame that has been copied out of its ring. */
export type HeldFrame = {
  readonly kind: 'frame'
  readonly info: FrameInfo
  readonly pixels: Uint8Array<ArrayBuffer>
}
type Held = HeldFrame | { readonly kind: 'lost'; readonly first: number; readonly last: number }

type Options = {
  readonly seconds: number
  /** Its memory may be used for other frames. */
  letGo(pixels: Uint8Array<ArrayBuffer>): void
}

export class HeldFrames {
  readonly #options: Options
  /** Oldest first; those before `#oldest` are gone. */
  #held: (Held | undefined)[] = []
  #oldest = 0
  #frames = 0
  #newest: FrameInfo | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Frames that are kept. */
  get count(): number {
    return this.#frames
  }

  /** What is known of the last one that was added; undefined when none is kept. */
  get newest(): FrameInfo | undefined {
    return this.#frames === 0 ? undefined : this.#newest
  }

  /** Keeps a frame, and lets go of those that are too old by now, or too many. @param most frames kept, at least one */
  add(frame: HeldFrame, most: number): void {
    this.#held.push(frame)
    this.#newest = frame.info
    this.#frames += 1
    const sinceNs = frame.info.timestampNs - secondsAsNs(this.#options.seconds)
    while (this.#frames > Math.max(1, most)) this.#dropOldest()
    this.#dropBefore(sinceNs)
  }

  /** Frames between those kept were lost. */
  lost(first: number, last: number): void {
    if (this.#frames > 0) this.#held.push({ kind: 'lost', first, last })
  }

  /** What is kept of the time since `sinceNs`, oldest first: now the caller's. Everything else is let go. */
  takeSince(sinceNs: bigint): Held[] {
    this.#dropBefore(sinceNs)
    const taken = this.#held.slice(this.#oldest).flatMap((held) => (held === undefined ? [] : [held]))
    this.#held = []
    this.#oldest = 0
    this.#frames = 0
    return taken
  }

  clear(): void {
    while (this.#frames > 0) this.#dropOldest()
  }

  #dropBefore(sinceNs: bigint): void {
    for (;;) {
      const oldest = this.#held[this.#oldest]
      if (oldest?.kind !== 'frame' || oldest.info.timestampNs >= sinceNs) return
      this.#dropOldest()
    }
  }

  /** With what was lost after it: nothing is known any more of what came before. */
  #dropOldest(): void {
    const dropped = this.#held[this.#oldest]
    if (dropped?.kind === 'frame') {
      this.#options.letGo(dropped.pixels)
      this.#frames -= 1
    }
    this.#held[this.#oldest++] = undefined
    while (this.#held[this.#oldest]?.kind === 'lost') this.#oldest++
    // Moved to the front now and then, not each time.
    if (this.#oldest < 1024 || this.#oldest * 2 < this.#held.length) return
    this.#held = this.#held.slice(this.#oldest)
    this.#oldest = 0
  }
}

/** Seconds as whole nanoseconds, as times of the host's clock are. */
export function secondsAsNs(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9))
}
