/** Where the planes of datasets that we wrote lie: they are stored in the order of their arrival. */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import type { DatasetReader } from './dataset-reader.ts'
import { FrameLogReader } from './frame-log-reader.ts'

/** What changes while a dataset grows. */
export type DatasetSizes = Pick<ImageDataset, 'sizes' | 'planes' | 'timeStepS' | 'wholeTimes'>

interface PlanePlaces {
  /** As far as planes are there now; the time step is that of a recording, whose plan does not tell it. */
  sizes(): Promise<DatasetSizes>
  /** Number of the plane in the order of arrival, from 0, and in its file; undefined when it is not there. */
  find(index: PlaneIndex): Promise<StoredPlace | undefined>
  /** Why a plane that is not there was not taken, where that is known. */
  skipped(index: PlaneIndex): FrameRecord | undefined
}

/** Number of a plane in the order of arrival (`place`), and among those of its file. */
export type StoredPlace = { readonly place: number; readonly inFile: number }

/** Reasons that are remembered. */
const mostSkipped = 200_000

type Axes = DatasetLayout['axes']

type StoredDataset = {
  readonly axes: Axes
  /** Path of the dataset's frame log, which may be missing. */
  readonly logPath: string
  /** Which of the dataset's files holds a plane, by any number; absent: there is one. */
  readonly fileOf?: (index: PlaneIndex) => number
  /** Planes that the files have room for, where no log says how many there are. */
  readonly count: () => Promise<number>
}

/** The planes of a dataset that we wrote: where they are, and what is known of them. */
export type StoredPlanes = Omit<PlanePlaces, 'skipped'> & Pick<DatasetReader, 'records'>

/** Which planes of one of our datasets are where: by its frame log or, without one, by their number. */
export async function openStoredPlanes(dataset: StoredDataset): Promise<StoredPlanes> {
  const { axes, logPath } = dataset
  const probe = new FrameLogReader(logPath)
  const hasLog = (await probe.size()) !== undefined
  // Of a plan, which has lengths, images may have been skipped; recordings have all that was stored.
  if (hasLog && (axes.length > 1 || axes[0]?.length !== undefined)) {
    const places = new LoggedPlaces(dataset)
    const log = new FrameLogReader(logPath, (record) => places.add(record))
    places.follow(log)
    return withRecords(places, log)
  }
  const count = hasLog ? async () => ((await probe.lastFrame())?.place ?? -1) + 1 : dataset.count
  return withRecords(new OrderedPlaces(axes, count, probe), probe)
}

function withRecords(places: PlanePlaces, log: FrameLogReader): StoredPlanes {
  return {
    sizes: () => places.sizes(),
    find: (index) => places.find(index),
    records: async ({ index, offset, limit }) => {
      if (index === undefined) return log.records({ offset, limit })
      const stored = await places.find(index)
      const record = stored === undefined ? places.skipped(index) : await log.frame(stored.place)
      const all = record === undefined ? [] : [record]
      return { records: all.slice(offset, offset + limit), total: all.length }
    },
  }
}

/** Planes that follow each other as the axes say, without a gap: recordings, and datasets without their log. */
class OrderedPlaces implements PlanePlaces {
  readonly #axes: Axes
  readonly #count: () => Promise<number>
  readonly #log: FrameLogReader
  #there = 0

  constructor(axes: Axes, count: () => Promise<number>, log: FrameLogReader) {
    this.#axes = axes
    this.#count = count
    this.#log = log
  }

  async sizes(): Promise<DatasetSizes> {
    this.#there = await this.#count()
    const inner = this.#axes.slice(1).reduce((product, { length }) => product * (length ?? 1), 1)
    const timeStepS = await this.#log.meanTimeStepS()
    return {
      sizes: sizesOf(this.#axes, Math.ceil(this.#there / inner)),
      planes: this.#there,
      ...(timeStepS === undefined ? {} : { timeStepS }),
    }
  }

  async find(index: PlaneIndex): Promise<StoredPlace | undefined> {
    const place = flattened(this.#axes, index)
    if (place === undefined) return undefined
    if (place >= this.#there) this.#there = await this.#count()
    return place < this.#there ? { place, inFile: place } : undefined
  }

  skipped(): undefined {
    return undefined
  }
}

/** Planes where the frame log says, which is right whatever was skipped, stopped or cut off. */
class LoggedPlaces implements PlanePlaces {
  readonly #axes: Axes
  readonly #fileOf: StoredDataset['fileOf']
  readonly #places = new Map<number, number>()
  /** Numbers within the files, where there are several. */
  readonly #inFile = new Map<number, number>()
  readonly #stored = new Map<number, number>()
  readonly #skipped = new Map<number, FrameRecord>()
  #outermost = 0
  /** The image that came last, or was skipped. */
  #newest: Extract<FrameRecord, { kind: 'frame' }>['index'] = {}
  /** Place of the next frame, where no line of the log is damaged. */
  #next = 0
  #isGapless = true
  #log: FrameLogReader | undefined

  constructor({ axes, fileOf }: Pick<StoredDataset, 'axes' | 'fileOf'>) {
    this.#axes = axes
    this.#fileOf = fileOf
  }

  /** Where the records come from: a reader whose `onRecord` is `add`. */
  follow(log: FrameLogReader): void {
    this.#log = log
  }

  add(record: FrameRecord): void {
    if (record.kind === 'frame' || record.kind === 'skipped') this.#newest = record.index
    if (record.kind === 'skipped') this.#addSkipped(record)
    if (record.kind !== 'frame') return
    const { index, place } = record
    this.#isGapless &&= place === this.#next
    this.#next = place + 1
    // Which file the frame of a damaged line went to is not known, nor the numbers of those after it in their files.
    if (this.#fileOf !== undefined && !this.#isGapless) return
    const file = this.#fileOf?.(index)
    const inFile = file === undefined ? undefined : (this.#stored.get(file) ?? 0)
    if (file !== undefined && inFile !== undefined) this.#stored.set(file, inFile + 1)
    const key = flattened(this.#axes, index)
    if (key === undefined) return
    this.#places.set(key, place)
    if (inFile !== undefined) this.#inFile.set(key, inFile)
    const [outermost] = this.#axes
    if (outermost !== undefined) this.#outermost = Math.max(this.#outermost, (index[outermost.axis] ?? 0) + 1)
  }

  async sizes(): Promise<DatasetSizes> {
    await this.#log?.scan()
    const wholeTimes = this.#wholeTimes()
    return {
      sizes: sizesOf(this.#axes, this.#outermost),
      planes: this.#places.size,
      ...(wholeTimes === undefined ? {} : { wholeTimes }),
    }
  }

  async find(index: PlaneIndex): Promise<StoredPlace | undefined> {
    const key = flattened(this.#axes, index)
    if (key === undefined) return undefined
    if (!this.#places.has(key)) await this.#log?.scan()
    const place = this.#places.get(key)
    return place === undefined ? undefined : { place, inFile: this.#inFile.get(key) ?? place }
  }

  skipped(index: PlaneIndex): FrameRecord | undefined {
    const key = flattened(this.#axes, index)
    return key === undefined ? undefined : this.#skipped.get(key)
  }

  /** Of a plan that goes through everything else at each time; undefined when the last of them is whole, too. */
  #wholeTimes(): number | undefined {
    const [outermost, ...inner] = this.#axes
    if (outermost?.axis !== 't') return undefined
    const isOver = inner.every(({ axis, length = 1 }) => (this.#newest[axis] ?? 0) >= length - 1)
    return isOver ? undefined : (this.#newest.t ?? 0)
  }

  #addSkipped(record: Extract<FrameRecord, { kind: 'skipped' }>): void {
    const key = flattened(this.#axes, record.index)
    if (key !== undefined && this.#skipped.size < mostSkipped) this.#skipped.set(key, record)
  }
}

/** As planned, but the outermost axis as far as there are planes. */
function sizesOf(axes: Axes, outermost: number): ImageDataset['sizes'] {
  return Object.fromEntries(
    axes.map(({ axis, length }, i) => [axis, Math.max(1, i === 0 ? outermost : (length ?? 1))]),
  )
}

/** Number of a plane by its index, the last axis fastest; undefined beyond a length that is known. */
function flattened(axes: Axes, index: PlaneIndex): number | undefined {
  let place = 0
  for (const [i, { axis, length }] of axes.entries()) {
    const at = index[axis] ?? 0
    if (length !== undefined && at >= length) return undefined
    place = i === 0 ? at : place * (length ?? 1) + at
  }
  const known = new Set<string>(axes.map(({ axis }) => axis))
  const beyond = Object.entries(index).some(([axis, at]) => at > 0 && !known.has(axis))
  return beyond ? undefined : place
}
