/** Fetches the planes that are to be shown, and those that probably will be next. */
import type { FetchedPlane, PlaneCache } from './plane-cache.ts'
import { type PlaneAddress, planeKey } from './plane-key.ts'

/** Requests under way at a time, of those in advance. */
const mostAhead = 2
/** A request that was overtaken may still end within this time: its plane shows where a dragged slider is, ms. */
const patienceMs = 400

/** Where planes come from, and who is given them. */
export type PlaneLoaderOptions = {
  readonly cache: PlaneCache
  /** Fetches a plane; rejects with whatever the call fails with, also when aborted. */
  fetch(address: PlaneAddress, signal: AbortSignal): Promise<FetchedPlane>
  /** All planes of `show` are there, in its order. */
  onPlanes(planes: readonly FetchedPlane[], addresses: readonly PlaneAddress[]): void
  onFailure(error: unknown): void
  /** Milliseconds that only grow. */
  now(): number
}

type Wanted = { readonly addresses: readonly PlaneAddress[]; readonly ahead: readonly PlaneAddress[] }
type Request = {
  readonly controller: AbortController
  readonly startedMs: number
  readonly done: Promise<void>
}

/**
 * The newest wish wins. While its planes are fetched nothing else is; of the wishes that come meanwhile the last one is
 * next, so that a slider that is dragged shows as many planes as the line takes, and ends at the right one. A request
 * that takes long is aborted when it is overtaken.
 */
export class PlaneLoader {
  readonly #options: PlaneLoaderOptions
  readonly #requests = new Map<string, Request>()
  /** What is being fetched to be shown. */
  #current: Wanted | undefined
  #waiting: Wanted | undefined
  #ahead: readonly PlaneAddress[] = []
  #closed = false

  constructor(options: PlaneLoaderOptions) {
    this.#options = options
  }

  /**
   * Shows these planes as soon as all are there.
   * @param ahead planes to be fetched afterwards, the most probable first
   */
  show(addresses: readonly PlaneAddress[], ahead: readonly PlaneAddress[]): void {
    if (this.#closed) return
    this.#waiting = { addresses, ahead }
    this.#abortOvertaken(new Set([...addresses, ...ahead].map(planeKey)))
    if (this.#current === undefined) this.#next()
  }

  /** Ends all requests; nothing is told any more. */
  close(): void {
    this.#closed = true
    this.#waiting = undefined
    this.#ahead = []
    for (const { controller } of this.#requests.values()) controller.abort()
  }

  #abortOvertaken(kept: ReadonlySet<string>): void {
    const current = new Set(this.#current?.addresses.map(planeKey))
    for (const [key, { controller, startedMs }] of this.#requests) {
      if (kept.has(key)) continue
      const young = this.#options.now() - startedMs <= patienceMs
      if (!current.has(key) || !young) controller.abort()
    }
  }

  #next(): void {
    const wanted = this.#waiting
    if (wanted === undefined || this.#closed) return
    this.#waiting = undefined
    this.#current = wanted
    this.#ahead = wanted.ahead
    const { cache, onPlanes } = this.#options
    const there = this.#fetched(wanted.addresses)
    if (there !== undefined) {
      this.#current = undefined
      onPlanes(there, wanted.addresses)
      this.#fetchAhead()
      return
    }
    const missing = wanted.addresses.filter((address) => !cache.has(planeKey(address)))
    void this.#fetchWanted(wanted, missing)
  }

  /** The planes, when all of them are in the cache. */
  #fetched(addresses: readonly PlaneAddress[]): readonly FetchedPlane[] | undefined {
    const planes = addresses.map((address) => this.#options.cache.get(planeKey(address)))
    return planes.every((plane) => plane !== undefined) ? planes : undefined
  }

  async #fetchWanted(wanted: Wanted, missing: readonly PlaneAddress[]): Promise<void> {
    const { cache, onPlanes, onFailure } = this.#options
    // Kept here, as a cache that is smaller than what is shown together would forget the first for the last.
    const fetched = new Map(
      wanted.addresses.map((address) => [planeKey(address), cache.get(planeKey(address))]),
    )
    try {
      await Promise.all(
        missing.map(async (address) => {
          const plane = await this.#fetch(address)
          fetched.set(planeKey(address), plane)
        }),
      )
      const planes = wanted.addresses.map((address) => fetched.get(planeKey(address)))
      if (!this.#closed && planes.every((plane) => plane !== undefined)) onPlanes(planes, wanted.addresses)
    } catch (error) {
      // One that was overtaken is not missed.
      if (!this.#closed && this.#waiting === undefined) onFailure(error)
    }
    this.#current = undefined
    if (this.#waiting === undefined) this.#fetchAhead()
    else this.#next()
  }

  /** The plane, by the request for it that is under way if there is one. */
  async #fetch(address: PlaneAddress): Promise<FetchedPlane | undefined> {
    const key = planeKey(address)
    const running = this.#requests.get(key)
    if (running !== undefined && !running.controller.signal.aborted) {
      await running.done
      const plane = this.#options.cache.get(key)
      if (plane !== undefined) return plane
    }
    const controller = new AbortController()
    const request = this.#options.fetch(address, controller.signal).then((plane) => {
      this.#options.cache.set(key, plane)
      return plane
    })
    const done = request.then(
      () => this.#ended(key, controller),
      () => this.#ended(key, controller),
    )
    this.#requests.set(key, { controller, startedMs: this.#options.now(), done })
    return request
  }

  #ended(key: string, controller: AbortController): void {
    if (this.#requests.get(key)?.controller === controller) this.#requests.delete(key)
  }

  #fetchAhead(): void {
    const { cache } = this.#options
    while (this.#requests.size < mostAhead && this.#current === undefined) {
      const next = this.#ahead.find((address) => {
        const key = planeKey(address)
        return !cache.has(key) && !this.#requests.has(key)
      })
      if (next === undefined) return
      void this.#fetchOneAhead(next)
    }
  }

  async #fetchOneAhead(address: PlaneAddress): Promise<void> {
    const ahead = this.#ahead
    try {
      await this.#fetch(address)
    } catch {
      // It is asked for again when it is wanted, and told of then; until then nothing more is fetched in advance.
      if (this.#ahead === ahead) this.#ahead = []
    }
    this.#fetchAhead()
  }
}
