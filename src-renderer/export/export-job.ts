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
  type ShownTime,
  shownTimes,
  timeStamp,
} from './export-plan.ts'

/** Pictures whose planes are fetched before they are drawn. */
const picturesAhead = 3
/** Times that are asked for at once. */
const timesAtOnce = 8
/** What every graphics card with WebGL2 draws. */
const leastMaxSize = 2048
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
    await this.#link.ask({
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
    const pictures = plannedPictures(state, choices)
    const elapsedS = await this.#elapsed(pictures)
    const times = shownTimes(elapsedS, choices.speed)
    const level =
      format === 'raw'
        ? 0
        : levelFor(dataset, { zoom: size.width / dataset.width, devicePixelRatio: 1, maxSize: leastMaxSize })
    let made = 0
    const begun = performance.now()
    const fetched = pictures.slice(0, picturesAhead).map((picture) => this.#begin(picture, level))
    for (const [i, picture] of pictures.entries()) {
      const ahead = pictures[i + picturesAhead]
      if (ahead !== undefined) fetched.push(this.#begin(ahead, level))
      const layers = (await fetched.shift()) ?? []
      if (layers.length > 0) {
        await this.#link.ask({
          type: 'picture',
          picture: this.#described(picture, layers, times[i], elapsedS[i]),
        })
        made += 1
      }
      this.#tell(i + 1, pictures.length, (performance.now() - begun) / 1000)
    }
    const report = await this.#link.ask({ type: 'finish' })
    if (report.type !== 'finished') throw new Error('The export has not ended')
    const { bytes, download } = report
    return { bytes, download, pictures: made, missing: pictures.length - made }
  }

  #described(
    { place }: PlannedPicture,
    layers: ExportPicture['layers'],
    time: ShownTime = { atS: 0, durationS: 0 },
    elapsedS: number | undefined,
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
  #begin(picture: PlannedPicture, level: number): Promise<ExportPicture['layers']> {
    const layers = this.#layers(picture, level)
    layers.catch(() => undefined)
    return layers
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

  /** When each picture was taken, s since the first frame; asked for only where somebody wants to know. */
  async #elapsed(pictures: readonly PlannedPicture[]): Promise<readonly (number | undefined)[]> {
    const { choices, subject } = this.#options
    const wanted = choices.burnIn.time || (choices.speed.kind === 'real' && isMoving(choices.format))
    const elapsed: (number | undefined)[] = pictures.map(() => undefined)
    if (!wanted) return elapsed
    const step = choices.axis === 't' ? datasetOf(subject.state)?.timeStepS : undefined
    const waiting = pictures.entries()
    const ask = async () => {
      for (const [i, { about, place }] of waiting)
        elapsed[i] = (await this.#timeOf(about)) ?? (step === undefined ? undefined : step * place)
    }
    await Promise.all(Array.from({ length: timesAtOnce }, ask))
    return elapsed
  }

  async #timeOf(index: PlannedPicture['about']): Promise<number | undefined> {
    const { gallery, signal } = this.#options
    const { records } = await gallery.frames({ ...this.#place, index, limit: 10 }, { signal })
    return records.find((record) => record.kind === 'frame')?.elapsedS
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
