/** Keeps one configured connection open: opens it, watches it, and reconnects with back-off when it is lost. */
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError, type ErrorCode } from '../../src-shared/errors.ts'
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
  /** How to open it; a function is asked anew for each try. */
  readonly worker: DeviceWorkerData | (() => Promise<DeviceWorkerData>)
}

/** How a connection is. */
export type SupervisorState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly connection: DeviceConnection; readonly opened: Opened }
  /** `retryAt`: Unix time (ms) of the next try. */
  | { readonly state: 'lost'; readonly error: CoverslipError; readonly retryAt: number }
  | { readonly state: 'closed' }

/** What a connection tells: its state, and what its devices tell while it is open. */
export type SupervisorEvent =
  | { readonly type: 'state'; readonly state: SupervisorState }
  | Exclude<ConnectionEvent, { type: 'ended' }>

/** Pause after the first failure, which doubles with each further one, and the longest. */
export type BackOff = { readonly firstMs: number; readonly mostMs: number }
/** A camera that is plugged in again is to be live within 5 s, and opening it takes its time, too. */
export const defaultBackOff: BackOff = { firstMs: 1000, mostMs: 3000 }

/** These say that nothing will come of trying again until somebody has changed something; then he tries it himself. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'UNKNOWN_DRIVER',
  'DRIVER_NOT_ALLOWED',
  'INVALID_INPUT',
  'REPLAY_SOURCE',
])
const refusedDelayMs = 30_000

/** A connection that held this long was good: the next loss starts with the first delay again, ms. */
const settledMs = 20_000

/** One configured connection, whether or not it is open. */
export class ConnectionSupervisor {
  #config: ConnectionConfig
  readonly #events = new Emitter<SupervisorEvent>()
  readonly #limits: ConnectionLimits
  readonly #backOff: BackOff
  #state: SupervisorState = { state: 'closed' }
  #failures = 0
  #openedAt = 0
  #timer: NodeJS.Timeout | undefined
  /** The try to open under way, or the last one, and what ends it. */
  #trying: Promise<void> = Promise.resolve()
  #giveUp = new AbortController()

  constructor(config: ConnectionConfig, limits: ConnectionLimits, backOff: BackOff) {
    this.#config = config
    this.#limits = limits
    this.#backOff = backOff
  }

  get config(): ConnectionConfig {
    return this.#config
  }

  get state(): SupervisorState {
    return this.#state
  }

  on(listener: (event: SupervisorEvent) => void): () => void {
    return this.#events.on(listener)
  }

  rename(title: string): void {
    this.#config = { ...this.#config, title }
  }

  /** Resolves when the try under way, or one begun now, has ended, well or not; never rejects. */
  open(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#state.state === 'open') return Promise.resolve()
    if (this.#state.state !== 'connecting') this.#trying = this.#try()
    return this.#trying
  }

  /** Closes it, if it is open, and opens it again; resolves and rejects as `open` does. */
  reopen(): Promise<void> {
    if (this.#state.state !== 'open') return this.open()
    const { connection } = this.#state
    this.#set({ state: 'connecting' })
    this.#trying = connection.close().then(() => {
      // Whoever has it closed for good meanwhile waits for this.
      if (this.#state.state === 'connecting') return this.#try()
    })
    return this.#trying
  }

  /** Ends the connection, or the try to open it, as if it had failed. It is tried again. */
  async abandon(error: CoverslipError): Promise<void> {
    if (this.#state.state === 'open') {
      const { connection } = this.#state
      this.#lost(error)
      await connection.terminate()
    } else {
      this.#giveUp.abort(error)
      await this.#trying
    }
  }

  /** Closes for good. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    const { state } = this
    this.#set({ state: 'closed' })
    this.#giveUp.abort(new CoverslipError('DEVICE_UNAVAILABLE', 'The device was closed'))
    if (state.state === 'open') await state.connection.close()
    else await this.#trying
  }

  async #try(): Promise<void> {
    const giveUp = new AbortController()
    this.#giveUp = giveUp
    this.#set({ state: 'connecting' })
    try {
      const { worker } = this.#config
      const data = typeof worker === 'function' ? await worker() : worker
      const { connection, opened } = await DeviceConnection.open(data, this.#limits, giveUp.signal)
      if (giveUp.signal.aborted) await connection.close()
      giveUp.signal.throwIfAborted()
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

  #lost(error: CoverslipError): void {
    if (this.#state.state === 'closed') return
    if (this.#state.state === 'open' && performance.now() - this.#openedAt > settledMs) this.#failures = 0
    const delayMs = refusals.has(error.code) ? refusedDelayMs : this.#delayMs()
    this.#failures += 1
    this.#set({ state: 'lost', error, retryAt: Date.now() + delayMs })
    this.#timer = setTimeout(() => void this.open(), delayMs)
  }

  #delayMs(): number {
    return Math.min(this.#backOff.mostMs, this.#backOff.firstMs * 2 ** this.#failures)
  }

  #set(state: SupervisorState): void {
    this.#state = state
    this.#events.emit({ type: 'state', state })
  }
}
