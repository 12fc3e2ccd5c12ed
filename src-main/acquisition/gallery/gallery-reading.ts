/** Answers what is asked of the gallery, in its worker: there everything may take its time. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { ImageDataset, OpenedImage } from '../../../src-shared/gallery.ts'
import { galleryPath, unknownImage } from './gallery-path.ts'
import { GalleryIndex } from './gallery-index.ts'
import type { GalleryAnswer, GalleryRequest } from './gallery-messages.ts'
import { findItem, type FoundItem } from './gallery-scan.ts'
import { acquisitionItem, countedItem, plainItem } from './item-facts.ts'
import { DeletedItems } from './deleted-items.ts'
import { ItemLosses } from './item-losses.ts'
import { LargePlanes } from './large-planes.ts'
import type { OpenedDataset, OpenedItem } from './open-item.ts'
import { OpenedItems } from './opened-items.ts'
import { PlanePackets } from './plane-packet.ts'
import { planOf, runOf } from './plan-of.ts'
import { renameItem } from './rename-item.ts'
import { stackSection } from './stack-section.ts'
import { ThumbnailCache } from './thumbnail-cache.ts'
import { thumbnailPng } from './thumbnail-picture.ts'
import { maximumOverStack } from './z-projection.ts'

export class GalleryReading {
  readonly #dataFolder: string
  readonly #index: GalleryIndex
  readonly #opened = new OpenedItems()
  readonly #large = new LargePlanes()
  readonly #losses = new ItemLosses()
  readonly #packets = new PlanePackets()
  readonly #thumbnails: ThumbnailCache
  readonly #deleted: DeletedItems

  constructor(dataFolder: string) {
    this.#dataFolder = dataFolder
    this.#index = new GalleryIndex(dataFolder)
    this.#thumbnails = new ThumbnailCache(dataFolder)
    this.#deleted = new DeletedItems(dataFolder)
  }

  /**
   * @param signal aborted when nobody waits for the answer any more: what takes long ends then.
   * @throws CoverslipError UNKNOWN_IMAGE, UNREADABLE_IMAGE, TOO_LARGE; as `DeletedItems`; the signal's reason
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
      case 'section':
        return { type, packet: await this.#section(request, signal) }
      case 'frames': {
        const found = await this.#find(request.id)
        const frames = await this.#opened.use(found, (item) =>
          datasetOf(item, request).reader.records(request),
        )
        return { type, frames }
      }
      case 'thumbnail':
        return { type, png: await this.#thumbnail(request.id, request.maxSize) }
      case 'delete':
        // Windows moves nothing that is open.
        await this.#opened.release(request.id)
        return { type, item: await this.#deleted.delete(request.id) }
      case 'rename':
        await this.#opened.release(request.id)
        return {
          type,
          ...(await this.#deleted.inTurn(() => renameItem(this.#dataFolder, request.id, request.name))),
        }
      case 'deleted':
        return { type, items: await this.#deleted.list() }
      case 'restore':
        return { type, id: await this.#deleted.restore(request.key) }
      case 'removeDeleted':
        await this.#deleted.remove(request.key)
        return { type }
    }
  }

  /** Removes for good what was deleted long ago. @throws CoverslipError DATA_FOLDER */
  removeOld(): Promise<void> {
    return this.#deleted.removeOld()
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
        remarks: [
          ...remarksOn({ ...opened, failures }, datasets),
          ...(await this.#losses.remarksOn(found.path, opened)),
        ],
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
    await this.#refuseCutOff(found, request)
    const index = Object.entries(request.index).map(([axis, at]) => `${axis} ${at}`)
    throw new CoverslipError(
      'UNKNOWN_IMAGE',
      `${request.id} has no plane ${index.length === 0 ? '0' : index.join(', ')}${request.level === 0 ? '' : ` at level ${request.level}`}`,
      { hint: 'It was skipped or lost, or is still to come.' },
    )
  }

  /** @throws CoverslipError UNREADABLE_IMAGE when the plane was kept by an acquisition that has ended, and is not there */
  async #refuseCutOff(
    found: FoundItem,
    request: Pick<Extract<GalleryRequest, { type: 'plane' }>, 'id' | 'dataset' | 'index' | 'level'>,
  ): Promise<void> {
    if (request.level > 0) return
    const kept = await this.#opened.use(found, async (item) => {
      if (item.summary?.finish === undefined) return false
      const { records } = await datasetOf(item, request).reader.records({ ...request, offset: 0, limit: 1 })
      return records[0]?.kind === 'frame'
    })
    if (!kept) return
    throw new CoverslipError('UNREADABLE_IMAGE', `The file of ${request.id} ends before this image`, {
      hint: 'It was taken, and cut off since then: was the file copied completely?',
    })
  }

  async #section(
    request: Extract<GalleryRequest, { type: 'section' }>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const found = await this.#find(request.id)
    const packet = await this.#opened.use(found, async (item) => {
      const reader = this.#large.inTurns(datasetOf(item, request).reader)
      const section = await stackSection(reader, { ...request, signal })
      signal.throwIfAborted()
      return section && this.#packets.make(section)
    })
    if (packet !== undefined) return packet
    const { cut, at, z } = request
    throw new CoverslipError(
      'UNKNOWN_IMAGE',
      `${request.id} has nothing at ${cut === 'xz' ? 'row' : 'column'} ${at} of planes ${z.from} to ${z.from + z.count - 1}`,
      { hint: 'They were skipped or lost, or are still to come; or the images end before.' },
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

/** What is missing, for people. */
function remarksOn({ summary, failures }: OpenedItem, datasets: readonly ImageDataset[]): string[] {
  const remarks = failures.map(({ message }) => message)
  if (summary?.finish?.message !== undefined) remarks.push(summary.finish.message)
  if (summary !== undefined && summary.finish === undefined)
    remarks.push('It is under way, or was interrupted: more frames may come')
  // What a completed plan leaves out (channels not at every time, or not in the stack) is not missing; losses are told
  // by its frame log.
  if (summary?.finish?.reason === 'completed') return remarks
  for (const { name, sizes, planes } of datasets) {
    const whole = Object.values(sizes).reduce((product, length) => product * length, 1)
    if (planes < whole) remarks.push(`${whole - planes} of ${whole} planes of ${name} are not there`)
  }
  return remarks
}
