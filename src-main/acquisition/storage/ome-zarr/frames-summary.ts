/** What is said of all frames of a dataset in its metadata; each of them is in `frames.jsonl`, and in the OME-XML. */
import type { StoredFrame } from '../dataset-writer.ts'
import { maxOmePlanes, type OmePlane } from '../ome-xml.ts'
import { planeAxes, type PlanePlace } from './zarr-grid.ts'

type KeptFrame = Pick<StoredFrame, 'record' | 'index'>
type Range = readonly [least: number, most: number]

/** A plane that stands for its channel. */
type SamplePlane = { readonly position: number; readonly plane: PlanePlace }

/** Of the images of one position. */
type PositionSummary = {
  /** Planes that are there. */
  planes: number
  /** One more than the largest number along each axis. */
  readonly lengths: Record<(typeof planeAxes)[number], number>
}

/** Collects what the metadata needs while frames are written, in memory that does not grow beyond a bound. */
export class FramesSummary {
  readonly #positions = new Map<number, PositionSummary>()
  readonly #planes: OmePlane[] = []
  /** By channel: its first plane, and its last. */
  readonly #samples = new Map<number, readonly [SamplePlane, SamplePlane]>()
  #frames = 0
  #first: KeptFrame | undefined
  #last: KeptFrame | undefined
  #exposureMs: Range | undefined
  #gain: Range | undefined
  #temperatureC: Range | undefined

  add(frame: KeptFrame): void {
    const { record, index } = frame
    const plane = placeOf(index)
    const position = this.#positionOf(index.p ?? 0)
    position.planes += 1
    for (const axis of planeAxes) position.lengths[axis] = Math.max(position.lengths[axis], plane[axis] + 1)
    const sample = { position: index.p ?? 0, plane }
    this.#samples.set(plane.c, [this.#samples.get(plane.c)?.[0] ?? sample, sample])
    if (this.#frames < maxOmePlanes) {
      const { stage, exposureMs, elapsedS } = record
      this.#planes.push({ ifd: this.#frames, index, record: { stage, exposureMs, elapsedS } })
    }
    this.#frames += 1
    this.#first ??= frame
    this.#last = frame
    this.#exposureMs = extended(this.#exposureMs, record.exposureMs)
    this.#gain = extended(this.#gain, record.gain)
    this.#temperatureC = extended(this.#temperatureC, record.temperatureC)
  }

  /** By position, those that have a plane. */
  get positions(): ReadonlyMap<number, PositionSummary> {
    return this.#positions
  }

  /** By channel: its first plane, and its last. */
  get samples(): ReadonlyMap<number, readonly SamplePlane[]> {
    return this.#samples
  }

  /** Of each frame, for OME-XML; undefined when there are more than it may name. */
  get planes(): readonly OmePlane[] | undefined {
    return this.#frames > maxOmePlanes ? undefined : this.#planes
  }

  /** Seconds between time points, on average; undefined with fewer than two. */
  get meanTimeStepS(): number | undefined {
    if (this.#first === undefined || this.#last === undefined) return undefined
    const steps = (this.#last.index.t ?? 0) - (this.#first.index.t ?? 0)
    const elapsed = this.#last.record.elapsedS - this.#first.record.elapsedS
    return steps > 0 && elapsed > 0 ? elapsed / steps : undefined
  }

  /** As JSON data. */
  toJSON() {
    return {
      frames: this.#frames,
      firstCapturedAt: this.#first?.record.capturedAt,
      lastCapturedAt: this.#last?.record.capturedAt,
      exposureMs: this.#exposureMs,
      gain: this.#gain,
      temperatureC: this.#temperatureC,
    }
  }

  #positionOf(number: number): PositionSummary {
    const known = this.#positions.get(number)
    if (known !== undefined) return known
    const position = { planes: 0, lengths: { t: 0, c: 0, z: 0 } }
    this.#positions.set(number, position)
    return position
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
