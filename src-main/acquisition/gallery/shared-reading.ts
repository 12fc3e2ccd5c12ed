/** Work on many items that several callers wait for, each for a while only. */
import { setTimeout } from 'node:timers/promises'
import { inTurns } from './in-turns.ts'

/**
 * A caller waits so long for items that have not been read yet; they are read on for the next one, unless all callers
 * give up.
 */
const waitMs = 3000

type Reading = {
  readonly control: AbortController
  readonly done: Promise<unknown>
  /** Callers that wait for it. */
  waiting: number
}

export class SharedReading<Item> {
  readonly #read: (item: Item) => Promise<void>
  #reading: Reading | undefined

  constructor(read: (item: Item) => Promise<void>) {
    this.#read = read
  }

  /**
   * Has `unread` read, or what is being read already, and waits for it for a while.
   * @param signal aborted when the caller has given up: then it rejects with its reason
   */
  async wait(unread: readonly Item[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (unread.length === 0) return
    const reading = (this.#reading ??= this.#begin(unread))
    reading.waiting += 1
    try {
      const timeout = setTimeout(waitMs, undefined, { ref: false, signal })
      await Promise.race([reading.done, timeout])
    } finally {
      reading.waiting -= 1
      // The others, if there are any, still want it.
      if (signal.aborted && reading.waiting === 0) this.#stop(reading)
    }
  }

  #begin(unread: readonly Item[]): Reading {
    const control = new AbortController()
    const done = inTurns(unread, async (item) => {
      // What has been read stays for the next caller.
      if (!control.signal.aborted) await this.#read(item)
    })
    const reading: Reading = { control, done, waiting: 0 }
    // A failure is told to who waits for it; after that, the next caller begins anew.
    const end = () => this.#forget(reading)
    done.then(end, end)
    return reading
  }

  #stop(reading: Reading): void {
    reading.control.abort()
    this.#forget(reading)
  }

  #forget(reading: Reading): void {
    if (this.#reading === reading) this.#reading = undefined
  }
}
