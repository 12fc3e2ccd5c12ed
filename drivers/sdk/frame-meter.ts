import type { CameraHealth } from '../../src-shared/devices.ts'

/** Counts a camera's frames since it was started, for `CameraDevice.health`. */
export class FrameMeter {
  #frames = 0
  #bytes = 0
  #last: { readonly ms: number; readonly frames: number; readonly bytes: number }

  /** `nowMs`: any monotonic clock, the same in all calls. */
  constructor(nowMs: number) {
    this.#last = { ms: nowMs, frames: 0, bytes: 0 }
  }

  /** A frame of so many bytes has arrived. */
  count(bytes: number): void {
    this.#frames += 1
    this.#bytes += bytes
  }

  /** Rates since the last reading; call it about once a second. */
  read(nowMs: number): Pick<CameraHealth, 'framesPerSecond' | 'bytesPerSecond' | 'frames'> {
    const { ms, frames, bytes } = this.#last
    const seconds = Math.max(1e-3, (nowMs - ms) / 1000)
    this.#last = { ms: nowMs, frames: this.#frames, bytes: this.#bytes }
    return {
      framesPerSecond: (this.#frames - frames) / seconds,
      bytesPerSecond: (this.#bytes - bytes) / seconds,
      frames: this.#frames,
    }
  }
}
