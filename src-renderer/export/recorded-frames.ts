/** When and how images were taken, by what was recorded of them. */
import type { FrameRecord } from '../../src-shared/acquisition/frame-record.ts'
import type { PlaneIndex } from '../../src-shared/gallery.ts'
import type { EngineClient } from '../backend/backend.ts'
import type { PlaneFacts } from './value-stack.ts'

/** Records that are asked for at a time, where images follow each other as they were taken. */
const batch = 500
/** Asking for more than one record is worth it when so many of them are used. */
const leastUsed = 5

/** Whose frame records, and who is asked for them. */
export type RecordedFramesOptions = {
  readonly id: string
  readonly dataset: string
  readonly gallery: Pick<EngineClient['gallery'], 'frames'>
  readonly signal: AbortSignal
}

export class RecordedFrames {
  readonly #options: RecordedFramesOptions
  /** By `keyOf` the plane; of the last batch. */
  #known = new Map<string, PlaneFacts>()
  #used = leastUsed
  #nothingRecorded = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: RecordedFramesOptions) {
    this.#options = options
  }

  /** Undefined where nothing is known of it. @throws what the call throws */
  of(index: PlaneIndex): Promise<PlaneFacts | undefined> {
    // One after the other, so that the first asks for what the others need.
    const asked = this.#last.then(() => this.#of(index))
    this.#last = asked.catch(() => undefined)
    return asked
  }

  async #of(index: PlaneIndex): Promise<PlaneFacts | undefined> {
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
    if (this.#used < leastUsed) return factsOf(own)
    // Lines of the log are at least as many as the frames before.
    const { records } = await this.#ask({ offset: own.place, limit: batch })
    this.#known = new Map(records.flatMap(factsByKey))
    this.#used = 0
    return factsOf(own)
  }

  #ask(range: { readonly index?: PlaneIndex; readonly offset?: number; readonly limit: number }) {
    const { id, dataset, gallery, signal } = this.#options
    return gallery.frames({ id, dataset, ...range }, { signal })
  }
}

function factsByKey(record: FrameRecord): readonly [string, PlaneFacts][] {
  // Fields of a grid are positions of the dataset, which only the file's reader can count.
  if (record.kind !== 'frame' || record.index.g !== undefined) return []
  return [[keyOf(record.index), factsOf(record)]]
}

const factsOf = ({ elapsedS, exposureMs, stage }: Extract<FrameRecord, { kind: 'frame' }>): PlaneFacts => ({
  elapsedS,
  exposureMs,
  ...(stage === undefined ? {} : { stage }),
})

const keyOf = ({ t = 0, p = 0, c = 0, z = 0 }: PlaneIndex): string => `${t} ${p} ${c} ${z}`
