/** Asks drivers what hardware there is. */
import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type Discovery, type DriverSearch, foundConnectionSchema } from '../../src-shared/hardware.ts'
import type { DriverModule } from './device-messages.ts'
import { runDriverTask, type TaskLimits } from './driver-task.ts'

/** More than this from one driver is a fault of the driver. */
const mostFound = 500
/** So many threads at a time. */
const atOnce = 3

const discoveryLimits: TaskLimits = { abortMs: 10_000, graceMs: 3000 }

/** Which drivers search, and where. */
export type SearchRequest = {
  readonly drivers: readonly string[]
  /** IPv4 addresses; see `DiscoveryRequest`. */
  readonly interfaces: readonly string[]
}

type Options = {
  /** @throws CoverslipError when the driver must not run. */
  module(driver: string): Promise<DriverModule>
  changed(discovery: Discovery): void
  readonly limits?: TaskLimits
}

/** One search at a time; its results come driver by driver, and what hangs or fails keeps nothing else from being found. */
export class DiscoverySearch {
  readonly #options: Options
  #discovery: Discovery = { running: false, drivers: [], found: [] }
  #abort = new AbortController()
  #search: Promise<Discovery> | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** The last search, or the one under way. */
  get discovery(): Discovery {
    return this.#discovery
  }

  /** Searches; while a search is under way, waits for that one instead. Never rejects. */
  start(request: SearchRequest): Promise<Discovery> {
    this.#search ??= this.#run(request).finally(() => {
      this.#search = undefined
    })
    return this.#search
  }

  /** Ends the search; resolves when its threads have ended. */
  async cancel(): Promise<void> {
    this.#abort.abort()
    await this.#search
  }

  async #run({ drivers, interfaces }: SearchRequest): Promise<Discovery> {
    this.#abort = new AbortController()
    this.#set({
      running: true,
      startedAt: Date.now(),
      drivers: drivers.map((driver) => ({ driver, state: 'searching' })),
      found: [],
    })
    const waiting = drivers.values()
    const searchInTurn = async () => {
      for (const driver of waiting) await this.#searchBy(driver, interfaces)
    }
    await Promise.all(Array.from({ length: atOnce }, searchInTurn))
    this.#set({ ...this.#discovery, running: false })
    return this.#discovery
  }

  async #searchBy(driver: string, interfaces: readonly string[]): Promise<void> {
    const { module, limits = discoveryLimits } = this.#options
    try {
      this.#abort.signal.throwIfAborted()
      const data = { ...(await module(driver)), task: 'discover', interfaces } as const
      const answer = await runDriverTask(data, { ...limits, signal: this.#abort.signal })
      const found = foundBy(driver, answer)
      this.#ended({ driver, state: 'done' }, found)
    } catch (error) {
      const { message, hint } = this.#abort.signal.aborted
        ? new CoverslipError('DEVICE_UNAVAILABLE', 'The search was ended')
        : CoverslipError.from(error, 'DEVICE_FAILED')
      this.#ended({ driver, state: 'failed', message, ...(hint === undefined ? {} : { hint }) }, [])
    }
  }

  #ended(search: DriverSearch, found: Discovery['found']): void {
    const { drivers } = this.#discovery
    this.#set({
      ...this.#discovery,
      drivers: drivers.map((other) => (other.driver === search.driver ? search : other)),
      found: [...this.#discovery.found, ...found],
    })
  }

  #set(discovery: Discovery): void {
    this.#discovery = discovery
    this.#options.changed(discovery)
  }
}

const answerSchema = z.array(foundConnectionSchema.omit({ driver: true, connectionId: true })).max(mostFound)

function foundBy(driver: string, answer: unknown): Discovery['found'] {
  const parsed = answerSchema.safeParse(answer)
  if (parsed.success) return parsed.data.map((found) => ({ ...found, driver }))
  throw new CoverslipError(
    'DEVICE_FAILED',
    `The driver has found something that it describes wrongly: ${z.prettifyError(parsed.error)}`,
  )
}
