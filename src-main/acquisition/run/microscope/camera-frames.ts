import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../../../frames/frame-ring.ts'
import { LosslessFrameReader } from '../../../frames/lossless-frame-reader.ts'

type NextFrame = { readonly signal: AbortSignal; readonly timeoutMs: number; readonly anyOf?: boolean }

/** The frames of one camera as they come, one by one; their pixels stay in the ring. */
export class CameraFrames {
  readonly #name: string
  readonly #reader: LosslessFrameReader
  #failure: Error | undefined

  /** Frames published from now on; `name` is the camera's, for messages. */
  constructor(ring: FrameRingMemory, name: string) {
    this.#name = name
    this.#reader = new LosslessFrameReader(ring)
  }

  /** No frame will come: the wait under way, and those until `skipPresent`, end with the first `error`. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#reader.interrupt()
  }

  /** Leaves out the frames that are there already. */
  skipPresent(): void {
    this.#failure = undefined
    while (this.#reader.read(() => undefined).kind !== 'empty');
  }

  /**
   * The next frame. `anyOf`: frames that are lost or not whole are left out, as any that comes will do.
   * @throws CoverslipError DEVICE_TIMEOUT after `timeoutMs`; DEVICE_FAILED when it is lost or not whole; the reason of
   *   `signal`.
   */
  async next({ signal, timeoutMs, anyOf = false }: NextFrame): Promise<FrameInfo> {
    let late = false
    const wake = () => this.#reader.interrupt()
    const timer = setTimeout(() => {
      late = true
      wake()
    }, timeoutMs)
    signal.addEventListener('abort', wake)
    try {
      for (;;) {
        signal.throwIfAborted()
        if (this.#failure !== undefined) throw this.#failure
        const read = this.#reader.read(() => undefined)
        if (read.kind === 'empty') {
          if (late) throw this.#timeout(timeoutMs)
          await this.#reader.wait()
        } else if (read.kind === 'frame' && read.info.incomplete !== true) {
          return read.info
        } else if (!anyOf) {
          throw read.kind === 'lost' ? this.#lost(read.first, read.last) : this.#notWhole(read.info.sequence)
        }
      }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
    }
  }

  #notWhole(sequence: number): CoverslipError {
    return new CoverslipError(
      'DEVICE_FAILED',
      `${this.#name} delivered frame ${sequence} with pixels missing`,
      {
        hint: 'Check its cable and network; a slower frame rate may help.',
      },
    )
  }

  #lost(first: number, last: number): CoverslipError {
    const which = first === last ? `frame ${first}` : `frames ${first} to ${last}`
    return new CoverslipError('DEVICE_FAILED', `${this.#name} lost ${which}`, {
      hint: 'Lower its frame rate, or choose a smaller region of interest.',
      data: { first, last },
    })
  }

  #timeout(timeoutMs: number): CoverslipError {
    return new CoverslipError(
      'DEVICE_TIMEOUT',
      `${this.#name} delivered no frame within ${Math.round(timeoutMs / 1000)} s`,
      { hint: 'Check its cable and power, and that it is not waiting for an external trigger.' },
    )
  }
}
