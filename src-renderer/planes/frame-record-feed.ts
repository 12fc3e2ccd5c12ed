import { activeChannel, datasetOf, planeIndex, type ViewerStore } from '../stores/viewer-store.ts'
import type { PlaneSource } from './plane-source.ts'

/** Planes pass by faster than anybody reads what is known of them. */
const settledAfterMs = 120

/** Whose records, who is asked for them, and where they are shown. */
export type FrameRecordFeedOptions = {
  readonly id: string
  readonly gallery: Pick<PlaneSource, 'frames'>
  readonly store: ViewerStore
}

/** Keeps `record` of the viewer's state about the plane on show, once it is on show for a moment. */
export class FrameRecordFeed {
  readonly #options: FrameRecordFeedOptions
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking = false
  /** Another plane was wanted while one was asked for. */
  #again = false
  readonly #end = new AbortController()

  constructor(options: FrameRecordFeedOptions) {
    this.#options = options
  }

  /** Another plane is wanted. */
  follow(): void {
    // While planes play, the last one is told of when its time has come, not after the end.
    this.#timer ??= setTimeout(() => void this.#ask(), settledAfterMs)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#end.abort()
  }

  async #ask(): Promise<void> {
    this.#timer = undefined
    // One at a time, to its end: over a slow line none would arrive if each new plane ended the one before.
    if (this.#asking) {
      this.#again = true
      return
    }
    this.#asking = true
    this.#again = false
    await this.#askOnce()
    this.#asking = false
    if (this.#again && !this.#end.signal.aborted) this.follow()
  }

  async #askOnce(): Promise<void> {
    const { signal } = this.#end
    const { id, gallery, store } = this.#options
    const state = store.getState()
    const dataset = datasetOf(state)
    if (dataset === undefined) return
    const asked = { id, dataset: dataset.name, index: planeIndex(state, activeChannel(state)), limit: 10 }
    try {
      const { records } = await gallery.frames(asked, { signal })
      if (signal.aborted) return
      store.setState({ record: records.find(({ kind }) => kind === 'frame' || kind === 'skipped') })
    } catch {
      // The image itself tells what is wrong with the file or the connection.
      if (!signal.aborted) store.setState({ record: undefined })
    }
  }
}
