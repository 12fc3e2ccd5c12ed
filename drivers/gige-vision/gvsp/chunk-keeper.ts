import { type Chunk, decodeChunks } from '../protocol/chunk-data.ts'

/** Keeps the chunks of the newest frame: copied for each frame into the same memory, and read when somebody asks. */
export class ChunkKeeper {
  #memory = Buffer.alloc(0)
  #bytes = 0
  #imageBytes = 0

  /** `tail`: what followed the image of a frame; `imageBytes` came before it. */
  keep(tail: Buffer, imageBytes: number): void {
    if (tail.length > this.#memory.length) this.#memory = Buffer.alloc(tail.length)
    tail.copy(this.#memory)
    this.#bytes = tail.length
    this.#imageBytes = imageBytes
  }

  /** Those behind the image; empty when frames have none, undefined when they cannot be read. */
  chunks(): readonly Chunk[] | undefined {
    if (this.#bytes === 0) return []
    // The first one is the image itself, of which only the end is here.
    return decodeChunks(this.#memory.subarray(0, this.#bytes), this.#imageBytes)?.slice(1)
  }
}
