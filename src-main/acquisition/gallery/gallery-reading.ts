/** Answers what is asked of the gallery, in its worker: there everything may take its time. */
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { ImageDataset, OpenedImage } from '../../../src-shared/gallery.ts'
import { FrameLogReader } from '../reading/frame-log-reader.ts'
import { frameLogName } from '../recording/frame-log.ts'
import { galleryPath, unknownImage } from './gallery-path.ts'
import { GalleryIndex } from './gallery-index.ts'
import type { GalleryAnswer, GalleryRequest } from './gallery-messages.ts'
import { findItem, type FoundItem } from './gallery-scan.ts'
import { acquisitionItem, countedItem, plainItem } from './item-facts.ts'
import { LargePlanes } from './large-planes.ts'
import type { OpenedDataset, OpenedItem } from './open-item.ts'
import { OpenedItems } from './opened-items.ts'
import { PlanePackets } from './plane-packet.ts'
import { planOf, runOf } from './plan-of.ts'
import { ThumbnailCache } from './thumbnail-cache.ts'
import { thumbnailPng } from './thumbnail-picture.ts'
import { maximumOverStack } from './z-projection.ts'

export class GalleryReading {
  readonly #dataFolder: string
  readonly #index: GalleryIndex
  readonly #opened = new OpenedItems()
  readonly #large = new LargePlanes()
  readonly #packets = new PlanePackets()
  readonly #thumbnails: ThumbnailCache

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
    this.#index = new GalleryIndex(dataFolder)
    this.#thumbnails = new ThumbnailCache(dataFolder)
  }

  /**
   * @param signal aborted when nobody waits for the answer any more: what takes long ends then.
   * @throws CoverslipError UNKNOWN_IMAGE, UNREADABLE_IMAGE, TOO_LARGE; the signal's reason
   */
  async answer(request: GalleryRequest, signal: AbortSignal): Promise<GalleryAnswer> {
    const { type } = request
    switch (type) {
      case 'list':
        return { type, page: await this.#index.list(request, signal) }
      case 'open':
        return { type, opened: await this.#open(request.id) }
      case 'plane':
        return { type, packet: await this.#plane(request, signal) }
      case 'frames': {
        const found = await this.#find(request.id)
        const frames = await this.#opened.use(found, (item) =>
          datasetOf(item, request).reader.records(request),
        )
        return { type, frames }
      }
      case 'thumbnail':
        return { type, png: await this.#thumbnail(request.id, request.maxSize) }
    }
  }

  /** Something has been kept, completed or removed. */
  invalidate(): void {
    this.#index.invalidate()
  }

  close(): Promise<void> {
    return this.#opened.close()
  }

  /** @throws CoverslipError UNKNOWN_IMAGE */
  async #find(id: string): Promise<FoundItem> {
    const found = await findItem(await galleryPath(this.#dataFolder, id), id)
    if (found === undefined) throw unknownImage(id)
    return found
  }

  async #open(id: string): Promise<OpenedImage> {
    const found = await this.#find(id)
    return this.#opened.use(found, async (opened) => {
      const { datasets, failures } = await described(opened)
      const { summary } = opened
      const item = summary === undefined ? plainItem(found) : acquisitionItem(found, summary)
      const plan = planOf(opened)
      const run = runOf(opened)
      return {
        item: await countedItem(found, item),
        datasets,
        metadata: metadataOf(opened),
        ...(plan === undefined ? {} : { plan }),
        ...(run === undefined ? {} : { run }),
        remarks: [...remarksOn({ summary, failures }, datasets), ...(await lossesOf(found.path, opened))],
      }
    })
  }

  async #plane(
    request: Extract<GalleryRequest, { type: 'plane' }>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const found = await this.#find(request.id)
    const packet = await this.#opened.use(found, (item) => {
      const { reader } = datasetOf(item, request)
      return this.#large.read(reader, request.level, async () => {
        signal.throwIfAborted()
        const { index, level, zProjection } = request
        const plane = await (zProjection === undefined
          ? reader.readPlane(index, level)
          : maximumOverStack(reader, { index, level, signal }))
        signal.throwIfAborted()
        return plane && this.#packets.make(plane)
      })
    })
    if (packet !== undefined) return packet
    const index = Object.entries(request.index).map(([axis, at]) => `${axis} ${at}`)
    throw new CoverslipError(
      'UNKNOWN_IMAGE',
      `${request.id} has no plane ${index.length === 0 ? '0' : index.join(', ')}${request.level === 0 ? '' : ` at level ${request.level}`}`,
      { hint: 'It was skipped or lost, or is still to come.' },
    )
  }

  async #thumbnail(id: string, maxSize: number): Promise<Uint8Array<ArrayBuffer>> {
    const found = await this.#find(id)
    const png = await this.#thumbnails.get(found, maxSize, () => this.#makeThumbnail(found, maxSize))
    if (png !== undefined) return png
    throw new CoverslipError('UNKNOWN_IMAGE', `${id} has no image yet`, {
      hint: 'Ask again when its first frame is there.',
    })
  }

  #makeThumbnail(found: FoundItem, maxSize: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#opened.use(found, async (item) => {
      const [first] = item.datasets
      const [failure] = item.failures
      if (first === undefined && failure !== undefined) throw failure
      if (first === undefined) return undefined
      const { reader } = first
      // Its smaller copies may not be there.
      const png = await this.#large.read(reader, 0, () => thumbnailPng(reader, maxSize))
      return png && Uint8Array.from(png)
    })
  }
}

/** What each dataset is; one that cannot be read keeps no other from being shown. @throws CoverslipError when none can */
async function described({ datasets, failures }: OpenedItem) {
  const results = await Promise.allSettled(
    datasets.map(async ({ name, reader }) => ({ ...(await reader.describe()), name })),
  )
  const known = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  const [reason] = reasons
  if (known.length === 0 && reason !== undefined) throw reason
  return { datasets: known, failures: [...failures, ...reasons.map((each) => CoverslipError.from(each))] }
}

/** @throws CoverslipError UNKNOWN_IMAGE */
function datasetOf(
  { datasets }: OpenedItem,
  { id, dataset }: { readonly id: string; readonly dataset: string },
): OpenedDataset {
  const found = datasets.find(({ name }) => name === dataset)
  if (found !== undefined) return found
  throw new CoverslipError('UNKNOWN_IMAGE', `${id} has no dataset "${dataset}"`, {
    hint:
      datasets.length === 0
        ? 'It has no frame yet.'
        : `Choose one of ${datasets.map(({ name }) => `"${name}"`).join(', ')}.`,
  })
}

function metadataOf({ summary, datasets }: OpenedItem): Record<string, unknown> {
  if (summary !== undefined) {
    const { datasets: parts, ...about } = summary
    const [first] = parts.flatMap(({ layout }) => (layout === undefined ? [] : [layout]))
    return { ...about, ...first?.metadata, request: summary.request }
  }
  const [first, ...others] = datasets
  if (first === undefined) return {}
  if (others.length === 0) return { ...first.reader.metadata }
  return Object.fromEntries(datasets.map(({ name, reader }) => [name, reader.metadata]))
}

/** Longer logs are not gone through whenever somebody looks. */
const longestLog = 64 * 2 ** 20

/** Frames that were lost and images that were skipped, camera by camera, for people. */
async function lossesOf(folder: string, { summary }: OpenedItem): Promise<string[]> {
  const remarks: string[] = []
  for (const { folder: part, layout } of summary?.datasets ?? []) {
    try {
      remarks.push(...(await lossesOfCamera(join(folder, part), layout?.camera.name ?? part)))
    } catch (error) {
      remarks.push(CoverslipError.from(error).message)
    }
  }
  return remarks
}

/** @throws CoverslipError UNREADABLE_IMAGE */
async function lossesOfCamera(folder: string, camera: string): Promise<string[]> {
  const log = new FrameLogReader(join(folder, frameLogName))
  if (((await log.size()) ?? 0) > longestLog)
    return [`Whether frames of ${camera} were lost stands in its ${frameLogName}, which is long`]
  const { lost, skipped, incomplete } = await log.losses()
  return [
    ...(lost > 0 ? [`${lost} frames of ${camera} were lost`] : []),
    ...(incomplete > 0 ? [`${incomplete} frames of ${camera} have pixels missing: they are 0`] : []),
    ...(skipped > 0 ? [`${skipped} images of ${camera} were skipped`] : []),
  ]
}

/** What is missing, for people. */
function remarksOn(
  { summary, failures }: Pick<OpenedItem, 'summary' | 'failures'>,
  datasets: readonly ImageDataset[],
): string[] {
  const remarks = failures.map(({ message }) => message)
  if (summary?.finish?.message !== undefined) remarks.push(summary.finish.message)
  if (summary !== undefined && summary.finish === undefined)
    remarks.push('It is under way, or was interrupted: more frames may come')
  for (const { name, sizes, planes } of datasets) {
    const whole = Object.values(sizes).reduce((product, length) => product * length, 1)
    if (planes < whole) remarks.push(`${whole - planes} of ${whole} planes of ${name} are not there`)
  }
  return remarks
}
