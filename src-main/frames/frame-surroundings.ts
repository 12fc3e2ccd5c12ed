/**
 * FrameSurroundings: what the engine knows of the place where a camera takes its images, told to the camera's thread by
 * shared memory, so that frames carry it whose driver knows nothing of stage, light and optics.
 *
 * Layout, little endian: Int32 generation (a sequence lock, as of the FrameRing's slots: odd while it is written),
 * Uint32 length of the text in bytes, then JSON in UTF-8. It changes rarely, and is read with every frame: a reader
 * decodes it only when the generation has changed.
 */
import type { z } from 'zod'
import { frameInfoSchema } from '../../src-shared/frames/frame-info.ts'

const surroundingsSchema = frameInfoSchema.pick({ pixelSizeUm: true, stage: true, channel: true })
/** What a camera's driver cannot know; what is not known is absent. */
export type FrameSurroundings = z.infer<typeof surroundingsSchema>

const textOffset = 8
/** Room for the longest channel name (200 characters) and four numbers. */
const memoryBytes = 2048

/** Memory that says nothing yet. */
export function createSurroundings(): SharedArrayBuffer {
  return new SharedArrayBuffer(memoryBytes)
}

/** The engine's side; exactly one exists per memory. */
export class SurroundingsWriter {
  readonly #memory: SharedArrayBuffer
  #text = ''

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory
  }

  /** Every frame that is published from now on has them. What does not fit is left out as a whole. */
  set(surroundings: FrameSurroundings): void {
    const text = JSON.stringify(surroundings)
    if (text === this.#text) return
    this.#text = text
    const bytes = new TextEncoder().encode(text)
    const generation = new Int32Array(this.#memory, 0, 1)
    Atomics.add(generation, 0, 1)
    const length = bytes.length > memoryBytes - textOffset ? 0 : bytes.length
    new DataView(this.#memory).setUint32(4, length, true)
    new Uint8Array(this.#memory, textOffset).set(bytes.subarray(0, length))
    Atomics.add(generation, 0, 1)
  }
}

/** The side of the camera's thread. */
export class SurroundingsReader {
  readonly #memory: SharedArrayBuffer
  readonly #generation: Int32Array
  #read = 0
  #last: FrameSurroundings = {}

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory
    this.#generation = new Int32Array(memory, 0, 1)
  }

  /** As they were set last; while that is being done, as they were before. */
  get now(): FrameSurroundings {
    const generation = Atomics.load(this.#generation, 0)
    if (generation === this.#read || (generation & 1) === 1) return this.#last
    const length = new DataView(this.#memory).getUint32(4, true)
    const bytes = new Uint8Array(this.#memory.slice(textOffset, textOffset + length))
    // A read-modify-write: a plain load may overtake the copy's loads on ARM (see `RingViews.isStill`).
    if (Atomics.add(this.#generation, 0, 0) !== generation) return this.#last
    this.#read = generation
    this.#last = length === 0 ? {} : surroundingsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
    return this.#last
  }
}
