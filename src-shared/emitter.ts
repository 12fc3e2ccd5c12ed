/**
 * A typed event emitter: `on` returns the unsubscriber. A listener that throws does not keep the others from being
 * called; its error is thrown again from a microtask, where the host's handler of uncaught errors sees it.
 */
export class Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>()

  on(listener: (event: Event) => void): () => void {
    // Wrapped, so that the same function registered twice is called twice and removed once.
    const entry = (event: Event) => listener(event)
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  emit(event: Event): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
