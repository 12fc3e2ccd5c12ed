/** When images were taken, by what was recorded of them. */
import type { FrameRecord } from '../../src-shared/acquisition/frame-record.ts'
import type { PlaneIndex } from '../../src-shared/gallery.ts'
import type { EngineClient } from '../backend/backend.ts'

/** Records that are asked for at a time, where images follow each other as they were taken. */
const batch = 500
/** Asking for more than one record is worth it when so many of them are used. */
const leastUsed = 5

export type RecordedTimesOptions = {
  readonly id: string
  readonly dataset: string
  readonly gallery: Pick<EngineClient['gallery'], 'frames'>
  readonly signal: AbortSignal
}

export class RecordedTimes {
  readonly #options: RecordedTimesOptions
  /** s, by `keyOf` the plane; of the last batch. */
  #known = new Map<string, number>()
  #used = leastUsed
  #nothingRecorded = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: RecordedTimesOptions) {
    this.#options = options
  }

  /** Seconds since the first frame; undefined where that is not known. @throws what the call throws */
  of(index: PlaneIndex): Promise<number | undefined> {
    // One after the other, so that the first asks for what the others need.
    const asked = this.#last.then(() => this.#of(index))
    this.#last = asked.catch(() => undefined)
    return asked
  }

  async #of(index: PlaneIndex): Promise<number | undefined> {
    const known = this.#known.get(keyOf(index))
    if (known !== undefined) {
      this.#used += 1
      return known
    }
    if (this.#nothingRecorded) return undefined
    const own = (await this.#ask({ index, limit: 10 })).records.find((record) => record.kind === 'frame')
    if (own === undefined) {
      this.#nothingRecorded = (await this.#ask({ limit: 1 })).records.length === 0
      return undefined
    }
    if (this.#used < leastUsed) return own.elapsedS
    // Lines of the log are at least as many as the frames before.
    const { records } = await this.#ask({ offset: own.place, limit: batch })
    this.#known = new Map(records.flatMap(timeOf))
    this.#used = 0
    return own.elapsedS
  }

  #ask(range: { readonly index?: PlaneIndex; readonly offset?: number; readonly limit: number }) {
    const { id, dataset, gallery, signal } = this.#options
    return gallery.frames({ id, dataset, ...range }, { signal })
  }
}

function timeOf(record: FrameRecord): readonly [string, number][] {
  // Fields of a grid are positions of the dataset, which only the file's reader can count.
  if (record.kind !== 'frame' || record.index.g !== undefined) return []
  return [[keyOf(record.index), record.elapsedS]]
}

const keyOf = ({ t = 0, p = 0, c = 0, z = 0 }: PlaneIndex): string => `${t} ${p} ${c} ${z}`
