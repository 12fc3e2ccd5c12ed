/** An export from the page's side: fetches planes ahead, has them drawn and encoded in a worker, and tells how far it is. */
import { levelFor } from '../planes/plane-level.ts'
import type { EngineClient } from '../backend/backend.ts'
import { callFailure } from '../backend/call-failure.ts'
import type { ExportProgress, ExportSubject } from '../stores/export-store.ts'
import { datasetOf } from '../stores/viewer-store.ts'
import { type ExportChoices, isMoving } from './export-choices.ts'
import { ExportLink } from './export-link.ts'
import type { ExportPicture } from './export-messages.ts'
import {
  fileStem,
  pictureLabels,
  pictureName,
  pictureSize,
  type PlannedPicture,
  plannedPictures,
  ShowingTimes,
  type ShownTime,
  timeStamp,
} from './export-plan.ts'

/** Pictures whose planes are fetched before they are drawn. */
const picturesAhead = 3
/** Before that nobody can tell how long it takes. */
const picturesUntilTold = 3

export type ExportJobOptions = {
  readonly subject: ExportSubject
  readonly choices: ExportChoices
  readonly gallery: Pick<EngineClient['gallery'], 'plane' | 'frames'>
  /** Where it goes; undefined: to be downloaded. */
  readonly file: FileSystemFileHandle | undefined
  readonly signal: AbortSignal
  onProgress(progress: ExportProgress): void
}

/** What a picture needs, on its way. */
type Fetched = {
  readonly layers: Promise<ExportPicture['layers']>
  /** When it was taken, s since the first frame; undefined where that is not known, or nobody wants to know. */
  readonly elapsedS: Promise<number | undefined>
}

export type ExportOutcome = {
  readonly bytes: number
  readonly download: Blob | undefined
  readonly pictures: number
  readonly missing: number
}

/** Resolves when the file is complete. @throws what a call or the worker threw; the reason of the signal */
export async function runExport(options: ExportJobOptions): Promise<ExportOutcome> {
  const worker = new Worker(new URL('./export-worker.ts', import.meta.url), { type: 'module' })
  const link = new ExportLink(worker, options.signal)
  try {
    return await new ExportJob(options, link).run()
  } finally {
    link.end()
  }
}

class ExportJob {
  readonly #options: ExportJobOptions
  readonly #link: ExportLink

  constructor(options: ExportJobOptions, link: ExportLink) {
    this.#options = options
    this.#link = link
  }

  async run(): Promise<ExportOutcome> {
    const { subject, choices, file } = this.#options
    const { state } = subject
    const dataset = datasetOf(state)
    if (dataset === undefined) throw new Error('The item has no images')
    const { format, quality, burnIn } = choices
    const size = pictureSize(dataset, choices)
    const { pixelSizeUm } = dataset
    const begun = await this.#link.ask({
      type: 'begin',
      job: {
        format,
        quality,
        size,
        dataset: { significantBits: dataset.significantBits },
        look: { looks: state.looks, markSaturated: state.markSaturated, mosaic: state.mosaic },
        pixelSizeUm:
          burnIn.scaleBar && pixelSizeUm !== undefined
            ? pixelSizeUm * pixelsPerPixel(dataset.width, size.width)
            : undefined,
        file,
      },
    })
    if (begun.type !== 'begun') throw new Error('The export has not begun')
    const { maxSize } = begun
    const pictures = plannedPictures(state, choices)
    const times = new ShowingTimes(choices.speed)
    const level =
      format === 'raw'
        ? 0
        : levelFor(dataset, { zoom: size.width / dataset.width, devicePixelRatio: 1, maxSize })
    let made = 0
    const begunAt = performance.now()
    const fetched = pictures.slice(0, picturesAhead).map((picture) => this.#begin(picture, level))
    for (const [i, picture] of pictures.entries()) {
      const ahead = pictures[i + picturesAhead]
      if (ahead !== undefined) fetched.push(this.#begin(ahead, level))
      const now = fetched.shift()
      const layers = (await now?.layers) ?? []
      const elapsedS = await now?.elapsedS
      const time = times.next(elapsedS, await fetched[0]?.elapsedS)
      if (layers.length > 0) {
        await this.#link.ask({
          type: 'picture',
          picture: this.#described(picture, layers, { ...time, elapsedS }),
        })
        made += 1
      }
      this.#tell(i + 1, pictures.length, (performance.now() - begunAt) / 1000)
    }
    const report = await this.#link.ask({ type: 'finish' })
    if (report.type !== 'finished') throw new Error('The export has not ended')
    const { bytes, download } = report
    return { bytes, download, pictures: made, missing: pictures.length - made }
  }

  #described(
    { place }: PlannedPicture,
    layers: ExportPicture['layers'],
    { elapsedS, ...time }: ShownTime & { readonly elapsedS: number | undefined },
  ): ExportPicture {
    const { subject, choices } = this.#options
    const { burnIn } = choices
    return {
      name: pictureName(fileStem(subject.state.opened?.item.name ?? ''), choices, place),
      ...time,
      time: burnIn.time ? timeStamp(elapsedS) : undefined,
      labels: burnIn.labels ? pictureLabels(subject.state, choices, place) : [],
      layers,
    }
  }

  #tell(done: number, total: number, seconds: number): void {
    this.#options.onProgress({
      done,
      total,
      ...(done < picturesUntilTold ? {} : { secondsLeft: (seconds / done) * (total - done) }),
    })
  }

  /** Fetches ahead: a failure is told when the picture's turn has come. */
  #begin(picture: PlannedPicture, level: number): Fetched {
    const layers = this.#layers(picture, level)
    const elapsedS = this.#elapsed(picture)
    for (const part of [layers, elapsedS]) part.catch(() => undefined)
    return { layers, elapsedS }
  }

  /** The planes of a picture that are there. */
  async #layers({ planes }: PlannedPicture, level: number): Promise<ExportPicture['layers']> {
    const all = planes.map(async ({ channel, index }) => {
      const packet = await this.#plane({ ...this.#place, index, level })
      return packet === undefined ? [] : [{ channel, packet }]
    })
    return (await Promise.all(all)).flat()
  }

  async #plane(place: Parameters<EngineClient['gallery']['plane']>[0]): Promise<Blob | undefined> {
    const { gallery, signal } = this.#options
    try {
      return await gallery.plane(place, { signal })
    } catch (error) {
      // Skipped, lost, or not there yet.
      if (callFailure(error).code === 'UNKNOWN_IMAGE') return undefined
      throw error
    }
  }

  /** Asked for only where somebody wants to know. */
  async #elapsed({ about, place }: PlannedPicture): Promise<number | undefined> {
    const { choices, gallery, signal, subject } = this.#options
    const wanted = choices.burnIn.time || (choices.speed.kind === 'real' && isMoving(choices.format))
    if (!wanted) return undefined
    const { records } = await gallery.frames({ ...this.#place, index: about, limit: 10 }, { signal })
    const elapsedS = records.find((record) => record.kind === 'frame')?.elapsedS
    const stepS = choices.axis === 't' ? datasetOf(subject.state)?.timeStepS : undefined
    return elapsedS ?? (stepS === undefined ? undefined : stepS * place)
  }

  get #place(): { readonly id: string; readonly dataset: string } {
    const { id, state } = this.#options.subject
    return { id, dataset: datasetOf(state)?.name ?? '' }
  }
}

/** Pixels of the image per pixel of the picture, which may lack an odd column. */
function pixelsPerPixel(imageWidth: number, width: number): number {
  return imageWidth - width < 2 ? 1 : imageWidth / width
}
