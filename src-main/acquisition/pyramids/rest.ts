/** Work that steps aside while something more important goes on. */
export class Rest {
  #under: PromiseWithResolvers<void> | undefined

  /** May be called again while it is resting. */
  begin(): void {
    this.#under ??= Promise.withResolvers()
  }

  end(): void {
    this.#under?.resolve()
    this.#under = undefined
  }

  /** Resolves when there is no rest, or it has ended. */
  async over(): Promise<void> {
    while (this.#under !== undefined) await this.#under.promise
  }
}
