import type { FramePixels } from './display-types.ts'

type PixelRead = { resolve(content: FramePixels): void; reject(reason: Error): void }

/** Questions to a display's worker for the pixels on screen, until each is answered or the display is closed. */
export class PixelReads {
  readonly #pending = new Map<number, PixelRead>()
  #next = 0

  /** `post` sends the question under its number. Rejects as `answer` and `close` say. */
  ask(post: (id: number) => void): Promise<FramePixels> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      post(id)
    })
  }

  /** `content` undefined: there was nothing on screen. */
  answer(id: number, content: FramePixels | undefined): void {
    const read = this.#pending.get(id)
    this.#pending.delete(id)
    if (content === undefined) read?.reject(new Error('No frame is shown yet'))
    else read?.resolve(content)
  }

  close(): void {
    for (const { reject } of this.#pending.values()) reject(new Error('The display was closed'))
    this.#pending.clear()
  }
}
