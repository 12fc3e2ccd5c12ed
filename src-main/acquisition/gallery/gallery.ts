/**
 * What was kept: recordings, plans and single images of the data folder, and what users put there themselves. Listing,
 * reading and decoding happen in a worker, which is started when somebody first looks.
 *
 * @example
 * const { items } = await engine.gallery.list({ search: 'beads' })
 */
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type {
  DeletedItem,
  GalleryPage,
  GallerySort,
  OpenedImage,
  PlaneIndex,
  RefusedItem,
  ZProjection,
} from '../../../src-shared/gallery.ts'
import type { FrameRange, FrameRecords } from '../reading/dataset-reader.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import { galleryPath } from './gallery-path.ts'
import { GalleryThread } from './gallery-thread.ts'
import type { SectionOptions } from './stack-section.ts'

/** Where the gallery's images are, and who else in this program has to do with them. */
export type GalleryOptions = {
  readonly dataFolder: string | undefined
  /** Whether an item is being acquired by this program. */
  readonly isUnderWay?: (id: string) => boolean
  /**
   * Ends whatever else this program writes to an item, which is about to be moved.
   * @returns goes on with that, where it was not moved
   */
  readonly letGo?: (id: string) => Promise<() => void>
  /** An item was put back: what was ended for it may go on. */
  readonly putBack?: (id: string) => Promise<void>
}

/** What was done with several items, and why not with others. */
type Done<Result> = { readonly done: Result[]; readonly refused: RefusedItem[] }

export class Gallery {
  readonly #dataFolder: string | undefined
  readonly #isUnderWay: (id: string) => boolean
  readonly #letGo: NonNullable<GalleryOptions['letGo']>
  readonly #putBack: NonNullable<GalleryOptions['putBack']>
  readonly #events = new Emitter<void>()
  readonly #ownThread: GalleryThread | undefined

  constructor({
    dataFolder,
    isUnderWay = () => false,
    letGo = writesNothing,
    putBack = endedNothing,
  }: GalleryOptions) {
    this.#dataFolder = dataFolder
    this.#ownThread = dataFolder === undefined ? undefined : new GalleryThread({ dataFolder })
    this.#isUnderWay = isUnderWay
    this.#letGo = letGo
    this.#putBack = putBack
  }

  /** Called when something was kept, completed or removed. */
  on(listener: () => void): () => void {
    return this.#events.on(listener)
  }

  /** To be called by whoever has kept or completed something. */
  changed(): void {
    this.#ownThread?.changed()
    this.#events.emit()
  }

  /** @throws CoverslipError DATA_FOLDER when there is none */
  async list(
    request: {
      readonly search?: string
      readonly sort?: GallerySort
      readonly offset?: number
      readonly limit?: number
    },
    signal?: AbortSignal,
  ): Promise<GalleryPage> {
    const { search = '', sort = 'newest', offset = 0, limit = 100 } = request
    const { page } = await this.#thread.ask({ type: 'list', search, sort, offset, limit }, signal)
    return { ...page, folder: this.#folder() }
  }

  /** @throws CoverslipError UNKNOWN_IMAGE, UNREADABLE_IMAGE, DATA_FOLDER */
  async open(id: string, signal?: AbortSignal): Promise<OpenedImage> {
    return (await this.#thread.ask({ type: 'open', id }, signal)).opened
  }

  /** A plane as a UC2F packet. @throws as `open`; UNKNOWN_IMAGE also when the plane is not there; TOO_LARGE */
  async plane(
    request: {
      readonly id: string
      readonly dataset: string
      readonly index?: PlaneIndex
      readonly level?: number
      readonly zProjection?: ZProjection | undefined
    },
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#thread.ask({ type: 'plane', index: {}, level: 0, ...request }, signal)).packet
  }

  /** A part of a cut across a stack as a UC2F packet. @throws as `plane` */
  async section(
    request: { readonly id: string; readonly dataset: string } & Omit<SectionOptions, 'signal'>,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#thread.ask({ type: 'section', ...request }, signal)).packet
  }

  /** What is known of each frame. @throws as `open` */
  async frames(
    request: { readonly id: string; readonly dataset: string } & FrameRange,
    signal?: AbortSignal,
  ): Promise<FrameRecords> {
    return (await this.#thread.ask({ type: 'frames', ...request }, signal)).frames
  }

  /** A small picture, PNG. @throws as `open`; UNKNOWN_IMAGE also when no frame is there yet */
  async thumbnail(
    request: { readonly id: string; readonly maxSize: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#thread.ask({ type: 'thumbnail', ...request }, signal)).png
  }

  /** Takes items out of the gallery; they can be put back (`restore`). @throws CoverslipError DATA_FOLDER when there is none */
  async delete(
    ids: readonly string[],
  ): Promise<{ readonly deleted: DeletedItem[]; readonly refused: RefusedItem[] }> {
    const { done, refused } = await this.#each(ids, async (id) => {
      this.#refuseUnderWay(id)
      const goOn = await this.#letGo(id)
      try {
        // Whoever has begun meanwhile writes elsewhere: names are never given twice.
        return (await this.#thread.ask({ type: 'delete', id }, undefined)).item
      } catch (error) {
        goOn()
        throw error
      }
    })
    return { deleted: done, refused }
  }

  /** What was deleted and can be put back, newest first. @throws CoverslipError DATA_FOLDER when there is no data folder */
  async deleted(): Promise<DeletedItem[]> {
    return (await this.#thread.ask({ type: 'deleted' }, undefined)).items
  }

  /** Puts deleted items back. @throws CoverslipError DATA_FOLDER when there is no data folder */
  async restore(
    keys: readonly string[],
  ): Promise<{ readonly restored: string[]; readonly refused: RefusedItem[] }> {
    const { done, refused } = await this.#each(keys, async (key) => {
      const { id } = await this.#thread.ask({ type: 'restore', key }, undefined)
      await this.#putBack(id)
      return id
    })
    return { restored: done, refused }
  }

  /** Removes deleted items for good. @throws CoverslipError DATA_FOLDER when there is no data folder */
  async removeDeleted(
    keys: readonly string[],
  ): Promise<{ readonly removed: number; readonly refused: RefusedItem[] }> {
    const { done, refused } = await this.#each(keys, (key) =>
      this.#thread.ask({ type: 'removeDeleted', key }, undefined),
    )
    return { removed: done.length, refused }
  }

  /** Where an item, or a file within one, is. @throws CoverslipError UNKNOWN_IMAGE, DATA_FOLDER */
  path(id: string): Promise<string> {
    return galleryPath(this.#requireDataFolder(), id)
  }

  /** Ends the worker; what is under way is refused. */
  async close(): Promise<void> {
    await this.#ownThread?.close()
  }

  #folder(): string {
    return `${this.#requireDataFolder()}/${recordingsFolder}`
  }

  #requireDataFolder(): string {
    if (this.#dataFolder !== undefined) return this.#dataFolder
    throw noDataFolder()
  }

  /** @throws CoverslipError DATA_FOLDER when there is none */
  get #thread(): GalleryThread {
    if (this.#ownThread !== undefined) return this.#ownThread
    throw noDataFolder()
  }

  /** Does `work` with one after the other; what is refused keeps none of the others from being done. */
  async #each<Result>(all: readonly string[], work: (id: string) => Promise<Result>): Promise<Done<Result>> {
    this.#requireDataFolder()
    const done: Result[] = []
    const refused: RefusedItem[] = []
    for (const id of new Set(all)) {
      try {
        done.push(await work(id))
      } catch (error) {
        refused.push({ id, error: CoverslipError.from(error).serialize() })
      }
    }
    if (done.length > 0) this.changed()
    return { done, refused }
  }

  /** @throws CoverslipError ACQUISITION_RUNNING */
  #refuseUnderWay(id: string): void {
    if (!this.#isUnderWay(id)) return
    throw new CoverslipError('ACQUISITION_RUNNING', `${id} is being acquired`, { hint: 'Stop it first.' })
  }
}

const endedNothing = () => Promise.resolve()
const writesNothing = () => Promise.resolve(() => undefined)

function noDataFolder(): CoverslipError {
  return new CoverslipError('DATA_FOLDER', 'There is no data folder to look into', {
    hint: 'Start Coverslip with --data <folder>.',
  })
}
