/** An export from the page's side: has what was fetched drawn and encoded in a worker, and tells how far it is. */
import { levelFor } from '../planes/plane-level.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ImageDataset } from '../../src-shared/gallery.ts'
import type { EngineClient } from '../backend/backend.ts'
import { Throttled } from '../display/throttled.ts'
import type { ExportProgress, ExportSubject } from '../stores/export-store.ts'
import { datasetOf } from '../stores/viewer-store.ts'
import { type ExportChoices, exportedProjection, isMoving, keepsValues } from './export-choices.ts'
import { ExportLink } from './export-link.ts'
import type { ExportPicture } from './export-messages.ts'
import {
  fileStem,
  pictureCount,
  pictureLabels,
  pictureName,
  pictureSize,
  ShowingTimes,
  type ShownTime,
  timeStamp,
} from './export-plan.ts'
import { type FetchedPicture, fetchedPictures } from './fetched-pictures.ts'
import { valueStack } from './value-stack.ts'

/** Before that nobody can tell how long it takes. */
const picturesUntilTold = 3
/** Drawing the page takes its share of what draws the pictures. */
const progressEveryMs = 300

/** What is exported, how, and where to. */
export type ExportJobOptions = {
  readonly subject: ExportSubject
  readonly choices: ExportChoices
  readonly gallery: Pick<EngineClient['gallery'], 'plane' | 'frames'>
  /** Where it goes; undefined: to be downloaded. */
  readonly file: FileSystemFileHandle | undefined
  readonly signal: AbortSignal
  onProgress(progress: ExportProgress): void
}

/** What has been made; `missing`: places without an image. */
export type ExportOutcome = {
  readonly bytes: number
  readonly download: Blob | undefined
  readonly pictures: number
  readonly missing: number
  /** How long a video is, s. */
  readonly playsS: number | undefined
}

/** Resolves when the file is complete. @throws what a call or the worker threw; the reason of the signal */
export async function runExport(options: ExportJobOptions): Promise<ExportOutcome> {
  const worker = new Worker(new URL('./export-worker.ts', import.meta.url), { type: 'module' })
  // What is fetched for an export that has failed is not wanted any more.
  const ended = new AbortController()
  const signal = AbortSignal.any([options.signal, ended.signal])
  const link = new ExportLink(worker, signal)
  const progress = new Throttled(progressEveryMs, options.onProgress)
  try {
    return await new ExportJob({ ...options, signal }, link, progress).run()
  } finally {
    progress.cancel()
    ended.abort()
  }
}

class ExportJob {
  readonly #options: ExportJobOptions
  readonly #link: ExportLink
  readonly #progress: Throttled<ExportProgress>
  readonly #total: number
  #begunAt = 0
  #done = 0
  #made = 0
  #endS = 0

  constructor(options: ExportJobOptions, link: ExportLink, progress: Throttled<ExportProgress>) {
    this.#options = options
    this.#link = link
    this.#progress = progress
    this.#total = pictureCount(options.subject.state, options.choices)
  }

  async run(): Promise<ExportOutcome> {
    const { choices, subject } = this.#options
    const dataset = datasetOf(subject.state)
    if (dataset === undefined) throw new Error('The item has no images')
    const maxSize = await this.#begin(dataset)
    const zoom = pictureSize(dataset, choices).width / dataset.width
    const level = keepsValues(choices.format) ? 0 : levelFor(dataset, { zoom, devicePixelRatio: 1, maxSize })
    const times = new ShowingTimes(choices.speed)
    this.#begunAt = performance.now()
    let last: Promise<void> = Promise.resolve()
    for await (const picture of fetchedPictures({ ...this.#options, level })) {
      const making = this.#make(picture, times.next(picture.elapsedS, picture.followingS))
      // Its failure is told when its turn has come.
      making.catch(() => undefined)
      // The worker has the next one before it is done with the last, so that it never waits.
      await last
      last = making
    }
    await last
    if (this.#made === 0)
      throw new CoverslipError('UNKNOWN_IMAGE', 'None of the images is there', {
        hint: 'Choose another range.',
      })
    const report = await this.#link.ask({ type: 'finish' })
    if (report.type !== 'finished') throw new Error('The export has not ended')
    const { bytes, download } = report
    const playsS = isMoving(choices.format) ? this.#endS : undefined
    return { bytes, download, pictures: this.#made, missing: this.#total - this.#made, playsS }
  }

  /** @returns the largest width and height of planes that can be drawn */
  async #begin(dataset: ImageDataset): Promise<number> {
    const { subject, choices, file } = this.#options
    const { state } = subject
    const size = pictureSize(dataset, choices)
    const { pixelSizeUm } = dataset
    const begun = await this.#link.ask({
      type: 'begin',
      job: {
        format: choices.format,
        quality: choices.quality,
        perSecond:
          choices.speed.kind === 'rate' && choices.speed.perSecond >= 1 ? choices.speed.perSecond : undefined,
        size,
        dataset: { significantBits: dataset.significantBits },
        look: { looks: state.looks, markSaturated: state.markSaturated, mosaic: state.mosaic },
        pixelSizeUm:
          choices.burnIn.scaleBar && pixelSizeUm !== undefined
            ? pixelSizeUm * pixelsPerPixel(dataset.width, size.width)
            : undefined,
        stack: valueStack(state, choices),
        file,
      },
    })
    if (begun.type !== 'begun') throw new Error('The export has not begun')
    return begun.maxSize
  }

  /** Resolves when it has been made. */
  async #make(picture: FetchedPicture, time: ShownTime): Promise<void> {
    const { layers } = picture
    if (layers.length > 0) {
      const described = this.#described(picture, time)
      await this.#link.ask(
        { type: 'picture', picture: described },
        layers.map(({ packet }) => packet),
      )
      this.#made += 1
      this.#endS = time.atS + time.durationS
    }
    this.#done += 1
    this.#tell()
  }

  #described({ index, layers, elapsedS }: FetchedPicture, time: ShownTime): ExportPicture {
    const { choices } = this.#options
    const { state } = this.#options.subject
    const { burnIn, ranges } = choices
    const stem = fileStem(state.opened?.item.name ?? '')
    return {
      name: pictureName({ stem, sizes: datasetOf(state)?.sizes ?? {} }, choices, index),
      place: {
        p: index.p - ranges.p.from,
        t: index.t - ranges.t.from,
        z: exportedProjection(choices) === undefined ? index.z - ranges.z.from : 0,
      },
      ...time,
      time: burnIn.time ? timeStamp(elapsedS) : undefined,
      labels: burnIn.labels ? pictureLabels(state, choices, index) : [],
      layers,
    }
  }

  #tell(): void {
    const [done, total] = [this.#done, this.#total]
    const secondsLeft = ((performance.now() - this.#begunAt) / 1000 / done) * (total - done)
    this.#progress.offer({ done, total, ...(done < picturesUntilTold ? {} : { secondsLeft }) })
  }
}

/** Pixels of the image per pixel of the picture, which may lack an odd column. */
function pixelsPerPixel(imageWidth: number, width: number): number {
  return imageWidth - width < 2 ? 1 : imageWidth / width
}
