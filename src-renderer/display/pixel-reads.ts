type PixelRead<Content> = { resolve(content: Content): void; reject(reason: Error): void }

/** Questions to a display's worker for what is on screen, until each is answered or the display is closed. */
export class PixelReads<Content> {
  readonly #pending = new Map<number, PixelRead<Content>>()
  #next = 0

  /** `post` sends the question under its number. Rejects as `answer` and `close` say. */
  ask(post: (id: number) => void): Promise<Content> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      post(id)
    })
  }

  /** `content` undefined: there was nothing on screen. */
  answer(id: number, content: Content | undefined): void {
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
