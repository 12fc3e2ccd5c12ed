/** What is said of all frames of a dataset in its metadata; each of them is in `frames.jsonl`, and in the OME-XML. */
import type { DatasetLayout, StoredFrame } from '../dataset-writer.ts'
import { OmePlanes } from '../ome-planes.ts'
import type { PlanePlace } from './zarr-grid.ts'

type KeptFrame = Pick<StoredFrame, 'record' | 'index'>
type Range = readonly [least: number, most: number]

/** A plane that stands for its channel. */
type SamplePlane = { readonly position: number; readonly plane: PlanePlace }

/** Collects what the metadata needs while frames are written, in memory that does not grow beyond a bound. */
export class FramesSummary {
  /** By position, and each by itself where there are not too many. */
  readonly planes: OmePlanes
  /** By channel: its first plane, and its last. */
  readonly #samples = new Map<number, readonly [SamplePlane, SamplePlane]>()
  #first: KeptFrame | undefined
  #last: KeptFrame | undefined
  #exposureMs: Range | undefined
  #gain: Range | undefined
  #temperatureC: Range | undefined

  constructor(layout: DatasetLayout) {
    this.planes = new OmePlanes(layout)
  }

  add(frame: KeptFrame): void {
    const { record, index } = frame
    const plane = placeOf(index)
    const sample = { position: index.p ?? 0, plane }
    this.#samples.set(plane.c, [this.#samples.get(plane.c)?.[0] ?? sample, sample])
    this.planes.add(frame, this.planes.images.get(index.p ?? 0)?.count ?? 0)
    this.#first ??= frame
    this.#last = frame
    this.#exposureMs = extended(this.#exposureMs, record.exposureMs)
    this.#gain = extended(this.#gain, record.gain)
    this.#temperatureC = extended(this.#temperatureC, record.temperatureC)
  }

  /** By channel: its first plane, and its last. */
  get samples(): ReadonlyMap<number, readonly SamplePlane[]> {
    return this.#samples
  }

  /** As JSON data. */
  toJSON() {
    return {
      frames: this.planes.count,
      firstCapturedAt: this.#first?.record.capturedAt,
      lastCapturedAt: this.#last?.record.capturedAt,
      exposureMs: this.#exposureMs,
      gain: this.#gain,
      temperatureC: this.#temperatureC,
    }
  }
}

/** The plane of a frame within its position's image. */
export function placeOf({ t = 0, c = 0, z = 0 }: StoredFrame['index']): PlanePlace {
  return { t, c, z }
}

function extended(range: Range | undefined, value: number | undefined): Range | undefined {
  if (value === undefined) return range
  return range === undefined ? [value, value] : [Math.min(range[0], value), Math.max(range[1], value)]
}
