import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameRingMemory } from '../../frames/frame-ring.ts'
import type { PlanLayout } from '../plans/plan-layout.ts'
import type { ExposedFrame, NumberedEvent } from './acquisition-hardware.ts'
import type { AcquisitionSink } from './acquisition-sink.ts'
import type { CameraStore } from './camera-store.ts'

/** Where one camera's images go. */
type CameraPlace = {
  readonly camera: string
  readonly store: Pick<CameraStore, 'take' | 'note' | 'close'>
  readonly indexOf: PlanLayout['indexOf']
}

type Options = {
  readonly places: readonly CameraPlace[]
  /** Where a camera's frames are now; undefined: it is not connected. */
  ringOf(camera: string): FrameRingMemory | undefined
  /** Of a camera's sensor, °C. */
  temperatureOf(camera: string): number | undefined
  framesWritten(): number
  /** Completes files that the workers of `cameras` could not. */
  complete(cameras: readonly string[]): Promise<void>
}

/** Stores a plan's images, each at its place, in one worker per camera. */
export class PlanSink implements AcquisitionSink {
  readonly #options: Options
  readonly #places: ReadonlyMap<string, CameraPlace>

  constructor(options: Options) {
    this.#options = options
    this.#places = new Map(options.places.map((place) => [place.camera, place]))
  }

  get framesWritten(): number {
    return this.#options.framesWritten()
  }

  async take({ camera, sequence, event, zUm }: ExposedFrame): Promise<'taken' | 'lost'> {
    const { store, indexOf } = this.#placeOf(camera)
    const temperatureC = this.#options.temperatureOf(camera)
    const place = {
      index: indexOf(event),
      ...(event.positionName === undefined ? {} : { positionName: event.positionName }),
      ...(event.channel === undefined ? {} : { channel: event.channel.config }),
      ...(temperatureC === undefined ? {} : { temperatureC }),
      ...(zUm === undefined ? {} : { zUm }),
    }
    return store.take(sequence, place, this.#options.ringOf(camera))
  }

  skip(event: NumberedEvent, cameras: readonly string[], reason: string): void {
    for (const camera of cameras) {
      const { store, indexOf } = this.#placeOf(camera)
      store.note({ kind: 'skipped', camera, index: indexOf(event), reason })
    }
  }

  /** What was set on a device, for all cameras: each one's log stands for itself. */
  note(record: Extract<FrameRecord, { kind: 'setting' }>): void {
    for (const { store } of this.#places.values()) store.note(record)
  }

  async close(): Promise<void> {
    const places = [...this.#places.values()]
    const closed = await Promise.all(
      places.map(async ({ camera, store }) => ({ camera, ...(await store.close()) })),
    )
    const broken = closed.flatMap(({ camera, isComplete }) => (isComplete ? [] : [camera]))
    if (broken.length > 0) await this.#options.complete(broken)
    for (const { failure } of closed) if (failure !== undefined) throw failure
  }

  #placeOf(camera: string): CameraPlace {
    const place = this.#places.get(camera)
    if (place !== undefined) return place
    throw new CoverslipError('INTERNAL', `The plan has no place for images of ${camera}`)
  }
}
