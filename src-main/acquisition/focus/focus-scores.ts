import { setTimeout as delay } from 'node:timers/promises'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FocusScore } from '../../../src-shared/focus.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { LiveFrameReader } from '../../frames/live-frame-reader.ts'
import { unixTimeOf } from '../unix-time-of.ts'
import { type Sharpness, SharpnessMeter } from './sharpness.ts'

/** Images are looked at no more often than this, ms. */
const everyMs = 200

type Told = FocusScore | CoverslipError
type Watch = { readonly told: Emitter<Told>; watchers: number; end(): void }

/** How sharp the images of cameras are while somebody watches: each camera is looked at once for all who do. */
export class FocusScores {
  readonly #devices: DeviceRegistry
  readonly #watches = new Map<string, Watch>()

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /**
   * Calls `listener` a few times a second while the camera runs, or with why it is told nothing more; returns the end.
   * @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA.
   */
  on(detectorName: string | undefined, listener: (told: Told) => void): () => void {
    const { id } = this.#devices.camera(detectorName)
    const watch = this.#watches.get(id) ?? this.#begin(id)
    watch.watchers += 1
    const end = watch.told.on(listener)
    let ended = false
    return () => {
      if (ended) return
      ended = true
      end()
      watch.watchers -= 1
      if (watch.watchers === 0) watch.end()
    }
  }

  #begin(id: string): Watch {
    const stop = new AbortController()
    const told = new Emitter<Told>()
    const watch: Watch = {
      told,
      watchers: 0,
      end: () => {
        stop.abort()
        if (this.#watches.get(id) === watch) this.#watches.delete(id)
      },
    }
    this.#watches.set(id, watch)
    this.#follow(id, stop.signal, (score) => told.emit(score)).catch((error: unknown) => {
      if (!stop.signal.aborted) told.emit(CoverslipError.from(error))
      watch.end()
    })
    return watch
  }

  /** Until `signal` aborts. @throws CoverslipError DEVICE_UNAVAILABLE once the camera is not there; OUT_OF_RANGE. */
  async #follow(id: string, signal: AbortSignal, tell: (score: FocusScore) => void): Promise<void> {
    const meter = new SharpnessMeter()
    const memory = this.#devices.ring(id)
    const reader = new LiveFrameReader(memory)
    const wake = () => reader.interrupt()
    const stopListening = this.#devices.on((event) => {
      if (event.type === 'deviceChanged' || event.type === 'deviceRemoved') wake()
    })
    signal.addEventListener('abort', wake)
    try {
      // A camera that was lost has no ring, or another one.
      while (!signal.aborted && this.#devices.ring(id) === memory) {
        await reader.wait()
        let sharpness: Sharpness | undefined
        const info = reader.take((pixels, { pixelFormat, width, height }) => {
          sharpness = meter.measure({ pixels, pixelFormat, width, height })
        })
        if (info === undefined || sharpness === undefined) continue
        const { score, error } = sharpness
        tell({ detectorName: id, score, error, capturedAt: unixTimeOf(info.timestampNs) })
        await delay(everyMs, undefined, { signal })
      }
    } finally {
      signal.removeEventListener('abort', wake)
      stopListening()
    }
    if (!signal.aborted) throw lost(this.#devices.device(id).description.name)
  }
}

function lost(name: string): CoverslipError {
  return new CoverslipError('DEVICE_UNAVAILABLE', `${name} was lost and is opened anew`, {
    hint: 'Ask again once it is there.',
  })
}
