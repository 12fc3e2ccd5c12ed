/** Small pictures of the gallery's items: fetched as they come into sight, some kept. */

import type { GalleryItem } from '../../src-shared/gallery.ts'

/** Requests under way at a time. */
const mostRequests = 3
/** Pictures kept. */
const mostKept = 300

/** Where pictures come from, and how a page shows them. */
export type ThumbnailsOptions = {
  fetch(id: string, signal: AbortSignal): Promise<Blob>
  /** URL of a picture, and its end. */
  createUrl(picture: Blob): string
  revokeUrl(url: string): void
}

/** Changes with what an item's picture is made of: one that could not be made may be there then. */
export function pictureKey({ id, startedAt, bytes, frames, finish }: GalleryItem): string {
  return [id, startedAt, bytes, frames === undefined || frames === 0 ? 0 : 1, finish].join(' ')
}

export class Thumbnails {
  readonly #options: ThumbnailsOptions
  readonly #kept = new Map<string, string>()
  /** Starts of those that wait, the newest last. */
  #waiting: (() => void)[] = []
  #running = 0

  constructor(options: ThumbnailsOptions) {
    this.#options = options
  }

  /** URL of the picture, if it is kept. */
  kept(key: string): string | undefined {
    return this.#kept.get(key)
  }

  /**
   * URL of the picture of item `id`, for as long as it is kept.
   * @param key changes when the item's picture does
   * @param signal aborts when it is out of sight again; the promise then rejects
   */
  async get(id: string, key: string, signal: AbortSignal): Promise<string> {
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    await this.#turn(signal)
    try {
      const known = this.#kept.get(key)
      if (known !== undefined) return known
      const url = this.#options.createUrl(await this.#options.fetch(id, signal))
      this.#keep(key, url)
      return url
    } finally {
      this.#pass()
    }
  }

  /** Waits until there is room for one more request; what came into sight last comes first. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      if (this.#running < mostRequests) {
        this.#running += 1
        return resolve()
      }
      this.#waiting.push(resolve)
      signal.addEventListener(
        'abort',
        () => {
          this.#waiting = this.#waiting.filter((start) => start !== resolve)
          reject(signal.reason)
        },
        { once: true },
      )
    })
  }

  /** Passes the turn on. */
  #pass(): void {
    const next = this.#waiting.pop()
    if (next === undefined) this.#running -= 1
    else next()
  }

  #keep(key: string, url: string): void {
    this.#kept.set(key, url)
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
      this.#options.revokeUrl(old)
    }
  }
}
