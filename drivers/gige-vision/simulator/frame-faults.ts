import type { ImageGeometry } from '../protocol/gvsp-leader.ts'
import type { StreamBlock } from './stream-block.ts'

/** What goes wrong with the next frames, on request. */
export class FrameFaults {
  #announce: { readonly width: number; readonly height: number; left: number } | undefined
  #halves = 0

  /** The leaders of the next `frames` tell this size. */
  announceSize(width: number, height: number, frames: number): void {
    this.#announce = { width, height, left: frames }
  }

  /** The next `frames` end after half of their packets. */
  halveFrames(frames: number): void {
    this.#halves = frames
  }

  /** What the leader of a frame tells of its image. */
  announced(image: ImageGeometry): ImageGeometry {
    const announce = this.#announce
    if (announce === undefined || announce.left === 0) return image
    announce.left -= 1
    return { ...image, width: announce.width, height: announce.height }
  }

  cut(block: StreamBlock): void {
    if (this.#halves === 0) return
    this.#halves -= 1
    block.packetLimit = Math.floor(block.packetCount / 2)
  }
}
