/** What OME-XML says of the images of a file, or of a dataset, collected while they are written, in bounded memory. */
import type { DatasetAxis, DatasetLayout, StoredFrame } from './dataset-writer.ts'

/** Axes that planes of an OME Image have. */
type PlaneAxis = Exclude<DatasetAxis, 'p'>
type Place = Readonly<Record<PlaneAxis, number>>

/** A plane, and what a description tells of it. */
export type OmePlane = {
  readonly index: StoredFrame['index']
  readonly record: Pick<StoredFrame['record'], 'stage' | 'exposureMs' | 'elapsedS'>
}

/** Images of the file, from number `ifd` on, that are planes in the order of the dimensions, from `first` on. */
export type PlaneRun = { readonly first: Place; readonly ifd: number; readonly planes: number }

/** One position's. */
export type ImagePlanes = {
  readonly count: number
  /** One more than the largest number along each axis. */
  readonly lengths: Place
  readonly runs: readonly PlaneRun[]
  /** Each of them; empty where the file has more than `maxOmePlanes`. */
  readonly planes: readonly OmePlane[]
}

/** Planes that a description tells times and places of, and runs that it has: a text has to hold them, and memory. */
export const maxOmePlanes = 500_000

type Image = {
  count: number
  lengths: Place
  runs: PlaneRun[]
  planes: OmePlane[]
  /** Place of the last plane in the order of the dimensions. */
  last: number
}

export class OmePlanes {
  readonly #axes: DatasetLayout['axes']
  readonly #images = new Map<number, Image>()
  #count = 0
  #runs = 0
  #first: OmePlane | undefined
  #last: OmePlane | undefined

  constructor({ axes }: Pick<DatasetLayout, 'axes'>) {
    this.#axes = axes
  }

  /** All of them. */
  get count(): number {
    return this.#count
  }

  /** Whether it has no room for another run: images of many positions came in turn. */
  get full(): boolean {
    return this.#runs >= maxOmePlanes
  }

  /** By position, those that have a plane. */
  get images(): ReadonlyMap<number, ImagePlanes> {
    return this.#images
  }

  /** Whether `ImagePlanes.planes` has all of them. */
  get isDetailed(): boolean {
    return this.#count <= maxOmePlanes
  }

  /** Seconds between time points, on average; undefined with fewer than two. */
  get meanTimeStepS(): number | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined
    const steps = (this.#last.index.t ?? 0) - (this.#first.index.t ?? 0)
    const elapsed = this.#last.record.elapsedS - this.#first.record.elapsedS
    return steps > 0 && elapsed > 0 ? elapsed / steps : undefined
  }

  /** @param ifd number of the image in its file */
  add({ index, record: { stage, exposureMs, elapsedS } }: OmePlane, ifd: number): void {
    const plane = { index, record: { stage, exposureMs, elapsedS } }
    this.#count += 1
    this.#first ??= plane
    this.#last = plane
    const image = this.#imageOf(index.p ?? 0)
    const place = { t: index.t ?? 0, c: index.c ?? 0, z: index.z ?? 0 }
    const { lengths } = image
    image.count += 1
    image.lengths = {
      t: Math.max(lengths.t, place.t + 1),
      c: Math.max(lengths.c, place.c + 1),
      z: Math.max(lengths.z, place.z + 1),
    }
    this.#addToRuns(image, { place, ifd })
    if (this.isDetailed) image.planes.push(plane)
    else if (this.#count === maxOmePlanes + 1) for (const each of this.#images.values()) each.planes = []
  }

  #addToRuns(image: Image, { place, ifd }: { readonly place: Place; readonly ifd: number }): void {
    const at = this.#rank(place)
    const run = image.runs.at(-1)
    if (run !== undefined && at === image.last + 1 && ifd === run.ifd + run.planes)
      image.runs[image.runs.length - 1] = { ...run, planes: run.planes + 1 }
    else if (!this.full) {
      image.runs.push({ first: place, ifd, planes: 1 })
      this.#runs += 1
    }
    image.last = at
  }

  /** Place of a plane among those of its position, in the order of acquisition, which is that of the dimensions. */
  #rank(place: Place): number {
    return this.#axes.reduce(
      (rank, { axis, length = 0 }) => (axis === 'p' ? rank : rank * length + place[axis]),
      0,
    )
  }

  #imageOf(position: number): Image {
    const known = this.#images.get(position)
    if (known !== undefined) return known
    const image = { count: 0, lengths: { t: 0, c: 0, z: 0 }, runs: [], planes: [], last: -1 }
    this.#images.set(position, image)
    return image
  }
}
