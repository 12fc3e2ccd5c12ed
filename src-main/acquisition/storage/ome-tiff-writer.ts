/**
 * OME-TIFF: one file, or one per position, each of which can be read on its own. Of those, a bounded number is open: one
 * that has all its images is completed at once, and of the others those that were used last stay open.
 */
import { join } from 'node:path'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { DatasetLayout, DatasetWriter, StoredFrame } from './dataset-writer.ts'
import { OmeTiffFile } from './ome-tiff-file.ts'

type TiffOptions = Extract<StorageOptions, { format: 'ome-tiff' }>

/** Each takes two of the files that a process may have open, 1024 on many systems. */
const mostOpen = 64
/** Completed at the same time: that is mostly waiting for the disk. */
const completedAtOnce = 4

/** File of a dataset; `position`: where each has one of its own. */
export function omeTiffName({ name, positions }: DatasetLayout, position?: number): string {
  const ending = position === undefined ? '' : `_${positions[position]?.name ?? `p${position}`}`
  return `${name}${ending}.ome.tiff`
}

/** Begins the files of a dataset in `folder`, which exists; each is made when its first frame comes. */
export async function openOmeTiff(
  folder: string,
  layout: DatasetLayout,
  { files }: Pick<TiffOptions, 'files'>,
): Promise<DatasetWriter> {
  const apart = files === 'perPosition' && layout.positions.length > 1
  return new OmeTiffWriter(folder, layout, apart)
}

class OmeTiffWriter implements DatasetWriter {
  readonly #folder: string
  readonly #layout: DatasetLayout
  readonly #apart: boolean
  /** Images of a position that has all of them; undefined: not known before the end. */
  readonly #imagesEach: number | undefined
  /** By position, or 0 for the only one; those that are not complete. */
  readonly #files = new Map<number, OmeTiffFile>()
  /** Of those, the open ones; the one used last is last. */
  readonly #open = new Map<number, OmeTiffFile>()
  /** Frames are given their places one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  readonly #completing = new Set<Promise<void>>()
  #failure: CoverslipError | undefined
  #closing: Promise<void> | undefined

  constructor(folder: string, layout: DatasetLayout, apart: boolean) {
    this.#folder = folder
    this.#layout = layout
    this.#apart = apart
    const lengths = layout.axes.flatMap(({ axis, length }) => (axis === 'p' ? [] : [length ?? Infinity]))
    this.#imagesEach = apart ? lengths.reduce((product, length) => product * length, 1) : undefined
  }

  async write(frame: StoredFrame): Promise<void> {
    const placed = this.#turn.then(() => this.#place(frame))
    this.#turn = placed.catch(() => undefined)
    await (await placed).written
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** `written`: as of `OmeTiffFile.add`. */
  async #place(frame: StoredFrame): Promise<{ readonly written: Promise<void> }> {
    if (this.#failure !== undefined) throw this.#failure
    const position = this.#apart ? (frame.index.p ?? 0) : 0
    const file = await this.#use(position)
    const written = file.add(frame)
    // Whoever writes the frame is told.
    written.catch(() => undefined)
    if (file.count === this.#imagesEach) this.#complete(position, file)
    return { written }
  }

  async #use(position: number): Promise<OmeTiffFile> {
    const name = omeTiffName(this.#layout, this.#apart ? position : undefined)
    const file = this.#files.get(position) ?? new OmeTiffFile(join(this.#folder, name), this.#layout)
    this.#files.set(position, file)
    const isOpen = this.#open.delete(position)
    const [oldest] = this.#open
    if (!isOpen && this.#open.size >= mostOpen && oldest !== undefined) {
      this.#open.delete(oldest[0])
      await oldest[1].setAside()
    }
    if (!isOpen) await file.open()
    this.#open.set(position, file)
    return file
  }

  #complete(position: number, file: OmeTiffFile): void {
    this.#files.delete(position)
    this.#open.delete(position)
    const completed = file
      .close()
      // Told by the next frame.
      .catch((error: unknown) => {
        this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
      })
      .finally(() => this.#completing.delete(completed))
    this.#completing.add(completed)
  }

  /** Whatever fails, the rest is completed. */
  async #close(): Promise<void> {
    await this.#turn
    for (const [position, file] of [...this.#open, ...this.#files]) {
      if (!this.#files.has(position)) continue
      while (this.#completing.size >= completedAtOnce) await Promise.race(this.#completing)
      this.#complete(position, file)
    }
    await Promise.all(this.#completing)
    if (this.#failure !== undefined) throw this.#failure
  }
}
