/** What the pictures of an export are made of, fetched before their turn comes. */
import type { ImageDataset, PlaneIndex } from '../../src-shared/gallery.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { EngineClient } from '../backend/backend.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { ExportSubject } from '../stores/export-store.ts'
import { datasetOf } from '../stores/viewer-store.ts'
import { type ExportChoices, exportedProjection, isMoving, keepsValues } from './export-choices.ts'
import type { PictureLayer } from './export-messages.ts'
import { type PlannedPicture, plannedPictures } from './export-plan.ts'
import { RecordedFrames } from './recorded-frames.ts'
import type { PlaneFacts } from './value-stack.ts'

/** Pictures whose planes are fetched before they are drawn: so many, and so many bytes of pixels. */
const mostAhead = 6
const mostBytesAhead = 256 * 2 ** 20

type FetchOptions = {
  readonly subject: ExportSubject
  readonly choices: ExportChoices
  readonly gallery: Pick<EngineClient['gallery'], 'plane' | 'frames'>
  readonly signal: AbortSignal
  /** Which of the smaller copies. */
  readonly level: number
}

/** A picture of the plan, and the planes that it shows. */
export type FetchedPicture = {
  readonly index: PlannedPicture['index']
  /** None where there is no image. */
  readonly layers: readonly PictureLayer[]
  /** When it was taken, s since the first frame; undefined where that is not known, or nobody wants to know. */
  readonly elapsedS: number | undefined
  /** The same of the picture after it. */
  readonly followingS: number | undefined
}

/** Yields the pictures in order. @throws what a call throws, when the picture's turn has come */
export async function* fetchedPictures(options: FetchOptions): AsyncGenerator<FetchedPicture, undefined> {
  const { subject, choices } = options
  const dataset = datasetOf(subject.state)
  if (dataset === undefined) throw new Error('The item has no images')
  const fetching = new Fetching(options, dataset)
  const planned = plannedPictures(subject.state, choices)
  const ahead: Begun[] = []
  const beginMore = () => {
    while (ahead.length <= fetching.picturesAhead) {
      const { value } = planned.next()
      if (value === undefined) return
      ahead.push(fetching.begin(value))
    }
  }
  beginMore()
  for (let now = ahead.shift(); now !== undefined; now = ahead.shift()) {
    beginMore()
    const { index } = now
    const [layers, elapsedS, followingS] = await Promise.all([now.layers, now.elapsedS, ahead[0]?.elapsedS])
    yield { index, layers, elapsedS, followingS }
  }
}

/** A picture on its way. */
type Begun = {
  readonly index: PlannedPicture['index']
  readonly layers: Promise<readonly PictureLayer[]>
  readonly elapsedS: Promise<number | undefined>
}

class Fetching {
  readonly picturesAhead: number
  readonly #options: FetchOptions
  readonly #dataset: ImageDataset
  readonly #recorded: RecordedFrames

  constructor(options: FetchOptions, dataset: ImageDataset) {
    this.#options = options
    this.#dataset = dataset
    const { gallery, signal, subject } = options
    this.#recorded = new RecordedFrames({ id: subject.id, dataset: dataset.name, gallery, signal })
    const { width, height } = dataset.levels[options.level] ?? dataset
    const planes = keepsValues(options.choices.format) ? 1 : subject.state.looks.length
    const bytes = width * height * planeLayout(dataset.pixelFormat).bytesPerPixel * planes
    this.picturesAhead = Math.max(1, Math.min(mostAhead, Math.floor(mostBytesAhead / bytes)))
  }

  /** A failure is told when the picture's turn has come. */
  begin({ index, planes, about }: PlannedPicture): Begun {
    const layers = this.#layers(planes)
    const elapsedS = this.#elapsed(about)
    for (const part of [layers, elapsedS]) part.catch(() => undefined)
    return { index, layers, elapsedS }
  }

  /** The planes that are there. */
  async #layers(planes: PlannedPicture['planes']): Promise<readonly PictureLayer[]> {
    const { format } = this.#options.choices
    const all = planes.map(async ({ channel, index }) => {
      const facts = format === 'tiff' ? this.#factsOf(index) : undefined
      facts?.catch(() => undefined)
      const packet = await this.#plane(index)
      return packet === undefined ? [] : [{ channel, packet, facts: await facts }]
    })
    return (await Promise.all(all)).flat()
  }

  async #plane(index: PlaneIndex): Promise<ArrayBuffer | undefined> {
    const { choices, gallery, signal, level, subject } = this.#options
    const [id, dataset] = [subject.id, this.#dataset.name]
    try {
      const zProjection = exportedProjection(choices)
      const packet = await gallery.plane({ id, dataset, index, level, zProjection }, { signal })
      // Whole, before anybody waits for it.
      return await packet.arrayBuffer()
    } catch (error) {
      if (callFailure(error).code !== 'UNKNOWN_IMAGE') throw error
      // Skipped, lost, or not there yet; this fails where all of it has gone.
      await gallery.frames({ id, dataset, limit: 1 }, { signal })
      return undefined
    }
  }

  /** By what was recorded, else by the interval of the dataset. */
  async #factsOf(index: PlaneIndex): Promise<PlaneFacts | undefined> {
    const { timeStepS } = this.#dataset
    const recorded = await this.#recorded.of(index)
    return recorded ?? (timeStepS === undefined ? undefined : { elapsedS: timeStepS * (index.t ?? 0) })
  }

  async #elapsed(about: PlaneIndex): Promise<number | undefined> {
    const { choices } = this.#options
    if (!wantsTimes(choices)) return undefined
    // Along other axes the interval says nothing.
    const facts = await (choices.axis === 't' || !isMoving(choices.format)
      ? this.#factsOf(about)
      : this.#recorded.of(about))
    return facts?.elapsedS
  }
}

function wantsTimes({ burnIn, speed, format }: ExportChoices): boolean {
  if (keepsValues(format)) return false
  return burnIn.time || (speed.kind === 'real' && isMoving(format))
}
