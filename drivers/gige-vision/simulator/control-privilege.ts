import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { privilege } from '../protocol/bootstrap-registers.ts'

/** Shortest heartbeat timeout that a client may set, ms. */
export const minHeartbeatMs = 500
const defaultHeartbeatMs = 3000

/** A program on the network: where its commands come from. */
export type Application = { readonly ip: string; readonly port: number }

/**
 * Who may do what (GigE Vision 2.2, "Control channel privilege"): one application may have control, which lets only it
 * write, or exclusive access, which keeps all others from reading too. It ends when the application gives it back or
 * is silent for longer than the heartbeat timeout.
 */
export class ControlPrivilege {
  heartbeatMs = defaultHeartbeatMs
  heartbeatDisabled = false
  #value: number = privilege.none
  #holder: Application | undefined
  readonly #ended: (why: 'released' | 'expired' | 'taken') => void
  #timer: NodeJS.Timeout | undefined

  /** `ended` is called when control ends, however it does. */
  constructor(ended: (why: 'released' | 'expired' | 'taken') => void) {
    this.#ended = ended
  }

  /** The register's value. */
  get value(): number {
    return this.#value
  }

  get holder(): Application | undefined {
    return this.#holder
  }

  isHeldBy(application: Application): boolean {
    return this.#holder?.ip === application.ip && this.#holder.port === application.port
  }

  mayRead(application: Application): boolean {
    return (this.#value & privilege.exclusive) === 0 || this.isHeldBy(application)
  }

  mayWrite(application: Application): boolean {
    return this.isHeldBy(application)
  }

  /** What `application` writes to the register. */
  request(value: number, application: Application): GvcpStatus {
    if (value > (privilege.exclusive | privilege.control)) return 'invalidParameter'
    if (this.#holder !== undefined && !this.isHeldBy(application)) return 'accessDenied'
    if (value === privilege.none) {
      this.#end('released')
      return 'success'
    }
    this.#value = value
    this.#holder = application
    this.heard(application)
    return 'success'
  }

  /** To be called for each command of `application`: it is alive. */
  heard(application: Application): void {
    if (!this.isHeldBy(application)) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (!this.heartbeatDisabled) this.#end('expired')
    }, this.heartbeatMs)
  }

  /** Control ends whether its holder wants or not. */
  take(): void {
    this.#end('taken')
  }

  #end(why: 'released' | 'expired' | 'taken'): void {
    clearTimeout(this.#timer)
    if (this.#holder === undefined) return
    this.#holder = undefined
    this.#value = privilege.none
    this.#ended(why)
  }
}
