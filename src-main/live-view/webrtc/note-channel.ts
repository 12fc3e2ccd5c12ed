/** The data channel of one viewer: carries notes of frames to it, and answers its pings. */
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import { clockPingSchema, goodbye } from '../../../src-shared/webrtc.ts'
import type { DataChannel } from './webrtc-library.ts'

/** Notes are dropped rather than queued beyond this. */
const maxBufferedBytes = 65_536
/** A viewer that says so much nonsense, or asks so often, loses its data channel. */
const maxIgnored = 100
const maxMessageLength = 200
const pingsPerSecond = 20

/** Begins with an open channel; `left` is called when the viewer says goodbye, or has closed it. */
export class NoteChannel {
  readonly #channel: DataChannel
  readonly #left: () => void
  #forgotten = false
  #ignored = 0
  #pings = { sinceMs: 0, count: 0 }

  constructor(channel: DataChannel, { left }: { left(): void }) {
    this.#channel = channel
    this.#left = left
    channel.onmessage = ({ data }) => this.#heard(data)
    channel.onclose = () => {
      if (this.#ignored <= maxIgnored) left()
    }
  }

  /** A frame was given to the encoders: `note` is the JSON of its note. */
  sendNote(note: string): void {
    if (this.#forgotten) return
    const { readyState, bufferedAmount } = this.#channel
    if (readyState === 'open' && bufferedAmount <= maxBufferedBytes) this.#send(note)
  }

  /** Calls nobody any more: the library keeps what it may call back. */
  forget(): void {
    this.#forgotten = true
    this.#channel.onmessage = null
    this.#channel.onclose = null
  }

  #heard(data: unknown): void {
    if (this.#forgotten) return
    if (data === goodbye) {
      this.forget()
      return this.#left()
    }
    const ping = typeof data === 'string' ? parsePing(data) : undefined
    if (ping !== undefined && this.#mayPing()) {
      const pong = { type: 'pong', sentAtMs: ping.sentAtMs, hostTimeMs: unixNowMs() }
      this.#send(JSON.stringify(pong))
      return
    }
    this.#ignored += 1
    if (this.#ignored > maxIgnored) this.#channel.close()
  }

  #send(text: string): void {
    try {
      this.#channel.send(text)
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
