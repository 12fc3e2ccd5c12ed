/** Keeps one configured connection open: opens it, watches it, and reconnects with back-off when it is lost. */
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import {
  type ConnectionEvent,
  type ConnectionLimits,
  DeviceConnection,
  type Opened,
} from './device-connection.ts'
import type { DeviceWorkerData } from './device-messages.ts'

/** One entry of the hardware configuration. */
export type ConnectionConfig = {
  /** Identifies the connection: `demo`. */
  readonly id: string
  /** What the user reads when it cannot be opened: `Simulated microscope`. */
  readonly title: string
  readonly worker: DeviceWorkerData
}

export type SupervisorState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly connection: DeviceConnection; readonly opened: Opened }
  /** `retryAt`: Unix time (ms) of the next try. */
  | { readonly state: 'lost'; readonly error: CoverslipError; readonly retryAt: number }
  | { readonly state: 'closed' }

export type SupervisorEvent =
  | { readonly type: 'state'; readonly state: SupervisorState }
  | Exclude<ConnectionEvent, { type: 'ended' }>

export type BackOff = { readonly firstMs: number; readonly mostMs: number }
export const defaultBackOff: BackOff = { firstMs: 1000, mostMs: 30_000 }

/** A connection that held this long was good: the next loss starts with the first delay again, ms. */
const settledMs = 20_000

export class ConnectionSupervisor {
  readonly config: ConnectionConfig
  readonly #events = new Emitter<SupervisorEvent>()
  readonly #limits: ConnectionLimits
  readonly #backOff: BackOff
  #state: SupervisorState = { state: 'closed' }
  #failures = 0
  #openedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(config: ConnectionConfig, limits: ConnectionLimits, backOff: BackOff) {
    this.config = config
    this.#limits = limits
    this.#backOff = backOff
  }

  get state(): SupervisorState {
    return this.#state
  }

  on(listener: (event: SupervisorEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /** Resolves when the first try has ended, well or not; never rejects. */
  async open(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#state.state === 'open' || this.#state.state === 'connecting') return
    this.#set({ state: 'connecting' })
    try {
      const { connection, opened } = await DeviceConnection.open(this.config.worker, this.#limits)
      // close() may have been called while the driver was opening.
      if (this.state.state === 'closed') return connection.close()
      connection.on((event) => {
        if (event.type === 'ended') this.#lost(event.error)
        else this.#events.emit(event)
      })
      this.#openedAt = performance.now()
      this.#set({ state: 'open', connection, opened })
    } catch (error) {
      this.#lost(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }

  /** Ends the connection as if it had failed, because it cannot be trusted any more. */
  async abandon(error: CoverslipError): Promise<void> {
    if (this.#state.state !== 'open') return
    const { connection } = this.#state
    this.#lost(error)
    await connection.terminate()
  }

  /** Closes for good. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    const { state } = this
    this.#set({ state: 'closed' })
    if (state.state === 'open') await state.connection.close()
  }

  #lost(error: CoverslipError): void {
    if (this.#state.state === 'closed') return
    if (this.#state.state === 'open' && performance.now() - this.#openedAt > settledMs) this.#failures = 0
    const delayMs = Math.min(this.#backOff.mostMs, this.#backOff.firstMs * 2 ** this.#failures)
    this.#failures += 1
    this.#set({ state: 'lost', error, retryAt: Date.now() + delayMs })
    this.#timer = setTimeout(() => void this.open(), delayMs)
  }

  #set(state: SupervisorState): void {
    this.#state = state
    this.#events.emit({ type: 'state', state })
  }
}
