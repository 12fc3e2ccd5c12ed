/** Makes asynchronous actions of the same key follow each other, in the order in which they were asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `action` after all earlier ones of `key`, whether they succeeded or not. */
  take<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(action)
    this.#last.set(
      key,
      turn.catch(() => undefined),
    )
    return turn
  }
}
