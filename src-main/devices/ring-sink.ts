import type { FrameSink } from '../../drivers/sdk/driver.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { findMemory } from '../frames/find-memory.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { FrameRingWriter } from '../frames/frame-ring-writer.ts'
import { createSurroundings, SurroundingsReader } from '../frames/frame-surroundings.ts'

/** Filling smaller ones takes no time, be their memory found or not. */
const largeFrameBytes = 2 ** 20

/** The sink a camera fills: hands out ring slots and publishes them, refusing frames that cannot be true. */
export class RingSink implements FrameSink {
  readonly #memory: FrameRingMemory
  readonly #writer: FrameRingWriter
  readonly #fault: (error: CoverslipError) => void
  /** Set by the engine. */
  readonly surroundings = createSurroundings()
  readonly #surroundings = new SurroundingsReader(this.surroundings)
  #isPrepared = false

  constructor(memory: FrameRingMemory, fault: (error: CoverslipError) => void) {
    this.#memory = memory
    this.#writer = new FrameRingWriter(memory)
    this.#fault = fault
  }

  /** The camera is about to start: the ring's memory, which is not there before, is found while frames come already. */
  prepare(): void {
    const { slotBytes, pixels } = this.#memory
    if (this.#isPrepared || slotBytes < largeFrameBytes) return
    this.#isPrepared = true
    void findMemory(new Uint8Array(pixels))
  }

  slot(): Uint8Array<SharedArrayBuffer> {
    return this.#writer.slot()
  }

  /**
   * Publishes the frame, with what the engine knows of its surroundings where the driver does not tell. The size of a
   * pixel that the user has calibrated goes before the driver's.
   * @throws CoverslipError DEVICE_FAILED when the frame is larger than a slot or has no size.
   */
  commit(info: Omit<FrameInfo, 'hostTimeNs'>): void {
    const bytes = imageBytes(info.pixelFormat, info.width, info.height)
    if (!(bytes > 0 && bytes <= this.#memory.slotBytes)) {
      throw new CoverslipError(
        'DEVICE_FAILED',
        `The driver delivered a ${info.width} × ${info.height} ${info.pixelFormat} frame, but announced at most ${this.#memory.slotBytes} bytes`,
        { hint: 'Its maxFrameBytes must cover every setting of the camera.' },
      )
    }
    const known = this.#surroundings.now
    const { pixelSizeUm = info.pixelSizeUm } = known
    this.#writer.commit({
      ...known,
      ...info,
      ...(pixelSizeUm === undefined ? {} : { pixelSizeUm }),
      hostTimeNs: process.hrtime.bigint(),
    })
  }

  fault(error: Error): void {
    this.#fault(CoverslipError.from(error, 'DEVICE_FAILED'))
  }
}
