/**
 * The pages of a TIFF file by their number. Directories form a chain that has to be walked; only where a file is as
 * regular as those that we write (src-main/acquisition/storage/big-tiff.ts: each directory right before its pixels, the
 * next one right behind them) is the place of every page known from the first three.
 */
import { setImmediate } from 'node:timers/promises'
import { RandomAccessFile } from './random-access-file.ts'
import { TiffDirectories, type TiffDirectory, tiffForm } from './tiff-directory.ts'
import { unreadable } from './unreadable.ts'

const mostPages = 5_000_000
/** Pages walked before others have their turn. */
const pagesAtOnce = 500
const stripOffsetsTag = 273
const stripByteCountsTag = 279

/** Distances in bytes: from a page's directory to the next one, and to its pixels. */
type Stride = { readonly secondAt: number; readonly step: number }

export class TiffPages {
  readonly directories: TiffDirectories
  /** Offsets of the pages that are known, in order. */
  readonly #known: number[] = []
  readonly #seen = new Set<number>()
  #stride: Stride | undefined
  #walking: Promise<void> = Promise.resolve()

  private constructor(directories: TiffDirectories) {
    this.directories = directories
  }

  /** @throws CoverslipError UNREADABLE_IMAGE when it is no TIFF file, or has no image. */
  static async open(path: string): Promise<TiffPages> {
    const file = await RandomAccessFile.open(path)
    try {
      const form = tiffForm(await file.read(0, 16))
      if (form === undefined) throw unreadable(path, 'it is not a TIFF file')
      const pages = new TiffPages(new TiffDirectories(file, form))
      if (form.firstAt === 0 || pages.directories.read(form.firstAt) === undefined)
        throw unreadable(path, 'it is cut off before its first image')
      pages.#add(form.firstAt)
      pages.#stride = pages.#regularStride()
      return pages
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get path(): string {
    return this.directories.file.path
  }

  /** The directory of page `number`, from 0; undefined when there is none, or not yet. */
  async page(number: number): Promise<TiffDirectory | undefined> {
    if (this.#stride !== undefined) return this.#strided(number, this.#stride)
    await this.#walk(number + 1)
    const at = this.#known[number]
    return at === undefined ? undefined : this.directories.read(at)
  }

  /** How many pages there are now, not counting beyond `most`. */
  async count(most = mostPages): Promise<number> {
    if (this.#stride !== undefined) return Math.min(most, await this.#stridedCount(this.#stride))
    await this.#walk(most)
    return Math.min(most, this.#known.length)
  }

  close(): Promise<void> {
    return this.directories.file.close()
  }

  #add(at: number): void {
    this.#known.push(at)
    this.#seen.add(at)
  }

  /** Walks the chain until `most` pages are known, or it ends. One walk at a time. */
  #walk(most: number): Promise<void> {
    const walk = this.#walking.then(() => this.#walkOn(most))
    // Who asked learns of a failure; the next walk begins anew where this one stopped.
    this.#walking = walk.catch(() => undefined)
    return walk
  }

  async #walkOn(most: number): Promise<void> {
    for (let walked = 1; this.#known.length < Math.min(most, mostPages); walked++) {
      const last = this.#known.at(-1)
      const next = last === undefined ? 0 : (this.directories.read(last)?.next ?? 0)
      // Cut off: a directory that is named and not there whole.
      if (next === 0 || this.directories.read(next) === undefined) return
      if (this.#seen.has(next)) throw unreadable(this.path, 'its list of images runs in a circle')
      this.#add(next)
      if (walked % pagesAtOnce === 0) await setImmediate()
    }
  }

  #regularStride(): Stride | undefined {
    const [firstAt] = this.#known
    const first = firstAt === undefined ? undefined : this.directories.read(firstAt)
    if (first === undefined || first.next === 0) return undefined
    const second = this.directories.read(first.next)
    if (second === undefined || second.next <= second.at) return undefined
    const third = this.directories.read(second.next)
    const pixels = [first, second, third].map((directory) => this.#singleStrip(directory))
    const [one, two, three] = pixels
    if (one === undefined || two === undefined || three === undefined || third === undefined) return undefined
    const isNext = (end: number, at: number) => at >= end && at - end < 16
    const regular =
      one.length === two.length &&
      two.length === three.length &&
      isNext(one.at + one.length, second.at) &&
      isNext(two.at + two.length, third.at) &&
      two.at - second.at === three.at - third.at &&
      two.at > second.at
    return regular ? { secondAt: second.at, step: third.at - second.at } : undefined
  }

  #singleStrip(
    directory: TiffDirectory | undefined,
  ): { readonly at: number; readonly length: number } | undefined {
    const offsets = directory?.entries.get(stripOffsetsTag)
    const counts = directory?.entries.get(stripByteCountsTag)
    const size = this.directories.form.bigTiff ? 8 : 4
    if (offsets?.count !== 1 || counts?.count !== 1 || ![4, 16].includes(offsets.type)) return undefined
    if (counts.type !== offsets.type) return undefined
    const [at, length] = [offsets, counts].map(({ type, value }) =>
      this.directories.unsigned(value, 0, type === 4 ? 4 : size),
    )
    return at === undefined || length === undefined ? undefined : { at, length }
  }

  #strided(number: number, stride: Stride): TiffDirectory | undefined {
    if (number === 0) return this.directories.read(this.directories.form.firstAt)
    const at = placeOf(number, stride)
    const before = number === 1 ? this.directories.form.firstAt : placeOf(number - 1, stride)
    if (this.directories.read(before)?.next !== at) return undefined
    return this.directories.read(at)
  }

  /** Pages are linked in order: halving finds the last. */
  async #stridedCount(stride: Stride): Promise<number> {
    const size = await this.directories.file.size()
    let [there, missing] = [2, Math.max(3, Math.ceil((size - stride.secondAt) / stride.step) + 2)]
    while (missing - there > 1) {
      const middle = Math.floor((there + missing) / 2)
      if (this.#isThere(middle, stride)) there = middle
      else missing = middle
    }
    return there + 1
  }

  #isThere(number: number, stride: Stride): boolean {
    try {
      return this.#strided(number, stride) !== undefined
    } catch {
      // Pixels, or the description at the end, are no directory.
      return false
    }
  }
}

const placeOf = (number: number, { secondAt, step }: Stride): number => secondAt + (number - 1) * step
