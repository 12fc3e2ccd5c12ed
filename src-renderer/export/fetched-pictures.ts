/** What the pictures of an export are made of, fetched before their turn comes. */
import type { ImageDataset } from '../../src-shared/gallery.ts'
import { planeLayout } from '../../src-shared/frames/plane-format.ts'
import type { EngineClient } from '../backend/backend.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { ExportSubject } from '../stores/export-store.ts'
import { datasetOf } from '../stores/viewer-store.ts'
import { type ExportChoices, isMoving, keepsValues } from './export-choices.ts'
import type { ExportPicture } from './export-messages.ts'
import { exportedProjection, type PlannedPicture, plannedPictures } from './export-plan.ts'
import { RecordedTimes } from './recorded-times.ts'

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

export type FetchedPicture = {
  readonly place: number
  /** None where there is no image. */
  readonly layers: ExportPicture['layers']
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
    const { place } = now
    const [layers, elapsedS, followingS] = await Promise.all([now.layers, now.elapsedS, ahead[0]?.elapsedS])
    yield { place, layers, elapsedS, followingS }
  }
}

/** A picture on its way. */
type Begun = {
  readonly place: number
  readonly layers: Promise<ExportPicture['layers']>
  readonly elapsedS: Promise<number | undefined>
}

class Fetching {
  readonly picturesAhead: number
  readonly #options: FetchOptions
  readonly #dataset: ImageDataset
  readonly #times: RecordedTimes | undefined

  constructor(options: FetchOptions, dataset: ImageDataset) {
    this.#options = options
    this.#dataset = dataset
    const { choices, gallery, signal, subject } = options
    if (wantsTimes(choices))
      this.#times = new RecordedTimes({ id: subject.id, dataset: dataset.name, gallery, signal })
    const { width, height } = dataset.levels[options.level] ?? dataset
    const bytes = width * height * planeLayout(dataset.pixelFormat).bytesPerPixel * subject.state.looks.length
    this.picturesAhead = Math.max(1, Math.min(mostAhead, Math.floor(mostBytesAhead / bytes)))
  }

  /** A failure is told when the picture's turn has come. */
  begin({ place, planes, about }: PlannedPicture): Begun {
    const layers = this.#layers(planes)
    const elapsedS = this.#elapsed(about, place)
    for (const part of [layers, elapsedS]) part.catch(() => undefined)
    return { place, layers, elapsedS }
  }

  /** The planes that are there. */
  async #layers(planes: PlannedPicture['planes']): Promise<ExportPicture['layers']> {
    const all = planes.map(async ({ channel, index }) => {
      const packet = await this.#plane(index)
      return packet === undefined ? [] : [{ channel, packet }]
    })
    return (await Promise.all(all)).flat()
  }

  async #plane(index: PlannedPicture['about']): Promise<ArrayBuffer | undefined> {
    const { choices, gallery, signal, level, subject } = this.#options
    try {
      const zProjection = exportedProjection(subject.state, choices)
      const place = { id: subject.id, dataset: this.#dataset.name, index, level, zProjection }
      const packet = await gallery.plane(place, { signal })
      // Whole, before anybody waits for it.
      return await packet.arrayBuffer()
    } catch (error) {
      // Skipped, lost, or not there yet.
      if (callFailure(error).code === 'UNKNOWN_IMAGE') return undefined
      throw error
    }
  }

  async #elapsed(about: PlannedPicture['about'], place: number): Promise<number | undefined> {
    if (this.#times === undefined) return undefined
    const elapsedS = await this.#times.of(about)
    const stepS = this.#options.choices.axis === 't' ? this.#dataset.timeStepS : undefined
    return elapsedS ?? (stepS === undefined ? undefined : stepS * place)
  }
}

function wantsTimes({ burnIn, speed, format }: ExportChoices): boolean {
  if (keepsValues(format)) return format === 'tiff'
  return burnIn.time || (speed.kind === 'real' && isMoving(format))
}
