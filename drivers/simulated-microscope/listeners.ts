/** Listeners to one kind of event. */
export class Listeners<Event extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...event: Event) => void>()

  /** Adds a listener; the function returned removes it. */
  add(listener: (...event: Event) => void): () => void {
    const entry = (...event: Event) => listener(...event)
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  emit(...event: Event): void {
    for (const listener of this.#listeners) listener(...event)
  }
}
