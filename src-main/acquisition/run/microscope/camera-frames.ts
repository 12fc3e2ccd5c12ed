import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../../../frames/frame-ring.ts'
import { LosslessFrameReader, type LosslessRead } from '../../../frames/lossless-frame-reader.ts'

type FrameWait = { readonly signal: AbortSignal; readonly timeoutMs: number }
type Unusable = Extract<LosslessRead, { kind: 'frame' | 'lost' }>

/** The frames of one camera as they come, one by one; their pixels stay in the ring. */
export class CameraFrames {
  readonly #name: string
  readonly #reader: LosslessFrameReader
  #failure: Error | undefined
  /** Number of the frame taken last since `skipPresent`. */
  #last = -1

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

  /** Leaves out the frames that are there already. @returns how many */
  skipPresent(): number {
    this.#failure = undefined
    this.#last = -1
    for (let frames = 0; ; ) {
      const { kind } = this.#reader.read(() => undefined)
      if (kind === 'empty') return frames
      if (kind === 'frame') frames += 1
    }
  }

  /**
   * The next frame.
   * @throws CoverslipError DEVICE_TIMEOUT after `timeoutMs`; DEVICE_FAILED when it is lost, out of order or not whole; the
   *   reason of `signal`.
   */
  async next(wait: FrameWait): Promise<FrameInfo> {
    const last = this.#last
    const info = await this.#await(wait, (read) => {
      // A camera that counts anew: seen from there, all frames from 0 on are lost.
      if (read.kind === 'lost' && read.first <= last) throw this.#disordered(read.last + 1, last)
      throw read.kind === 'lost' ? this.#lost(read.first, read.last) : this.#notWhole(read.info.sequence)
    })
    if (info.sequence <= last) throw this.#disordered(info.sequence, last)
    return info
  }

  /** The next frame that has all its pixels, whatever is lost before it. @throws as `next` otherwise */
  nextWhole(wait: FrameWait): Promise<FrameInfo> {
    return this.#await(wait, () => undefined)
  }

  async #await({ signal, timeoutMs }: FrameWait, unusable: (read: Unusable) => void): Promise<FrameInfo> {
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
          this.#last = read.info.sequence
          return read.info
        } else {
          unusable(read)
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

  #disordered(sequence: number, last: number): CoverslipError {
    return new CoverslipError(
      'DEVICE_FAILED',
      `${this.#name} delivered frame ${sequence} after frame ${last}`,
      {
        hint: 'Its frames come out of order: restart it, and look for a newer driver.',
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
