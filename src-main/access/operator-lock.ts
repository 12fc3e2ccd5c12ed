/** Who operates: one caller at a time holds control. */
import {
  type Caller,
  type ControlState,
  mayAct,
  type TakeControlResult,
  usesToken,
} from '../../src-shared/access.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Clock } from './clock.ts'

/** A holder without a connection keeps control so long after his last call, ms. */
const idleMs = 60_000
/** And so long after his last connection has closed: a page that is loaded anew comes back within that. */
const graceMs = 10_000
/** The holder may refuse to hand over for so long, ms. */
const answerMs = 30_000

export class OperatorLock {
  readonly #clock: Clock
  readonly #changes = new Emitter<ControlState>()
  /** Open connections by caller id. */
  readonly #connections = new Map<string, number>()
  #holder: Caller | undefined
  #request: { readonly caller: Caller; readonly until: number } | undefined
  #cancelLease: () => void = () => undefined
  #cancelGrant: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  on(listener: (control: ControlState) => void): () => void {
    return this.#changes.on(listener)
  }

  state(): ControlState {
    return {
      ...(this.#holder === undefined ? {} : { holder: this.#holder }),
      ...(this.#request === undefined ? {} : { request: this.#request }),
    }
  }

  /** `caller` makes a call: if he holds control, he goes on holding it. */
  touch(caller: Caller): void {
    if (this.#holder?.id === caller.id) this.#lease(idleMs)
  }

  /**
   * `caller` makes a call that needs control, and takes it if nobody holds it.
   * @throws CoverslipError CONTROL_TAKEN.
   */
  claim(caller: Caller): void {
    if (this.#holder === undefined) this.#give(caller)
    if (this.#holder?.id === caller.id) return
    throw new CoverslipError('CONTROL_TAKEN', `${this.#holder?.label} operates the microscope now`, {
      hint: 'Ask for control (“Take control”, access.takeControl): it is yours after 30 s unless they refuse.',
      data: { holder: this.#holder?.label },
    })
  }

  /** A connection of `caller` is open until what is returned is called. */
  present(caller: Caller): () => void {
    this.#connections.set(caller.id, this.#connectionsOf(caller.id) + 1)
    if (this.#holder?.id === caller.id) this.#cancelLease()
    let open = true
    return () => {
      if (!open) return
      open = false
      const left = this.#connectionsOf(caller.id) - 1
      if (left > 0) {
        this.#connections.set(caller.id, left)
        return
      }
      this.#connections.delete(caller.id)
      if (this.#holder?.id === caller.id) this.#lease(graceMs)
      if (this.#request?.caller.id === caller.id) this.#endRequest()
    }
  }

  /** @throws CoverslipError CONTROL_TAKEN when somebody else is asking already. */
  take(caller: Caller): TakeControlResult {
    const holder = this.#holder
    if (holder === undefined || holder.id === caller.id) {
      if (holder === undefined) this.#give(caller)
      return { status: 'granted' }
    }
    if (mayAct(caller.role, 'owner')) {
      this.#give(caller)
      return { status: 'granted' }
    }
    if (this.#request !== undefined && this.#request.caller.id !== caller.id) {
      throw new CoverslipError(
        'CONTROL_TAKEN',
        `${this.#request.caller.label} is asking for control already`,
        {
          hint: 'Try again when that has been answered, within 30 s.',
        },
      )
    }
    this.#request ??= this.#ask(caller)
    return { status: 'asked', holder, until: this.#request.until }
  }

  /** Stops operating, or asking to. */
  release(caller: Caller): ControlState {
    if (this.#holder?.id === caller.id) this.#free()
    else if (this.#request?.caller.id === caller.id) this.#endRequest()
    return this.state()
  }

  /** @throws CoverslipError FORBIDDEN when the caller does not hold control. */
  answer(caller: Caller, { grant }: { readonly grant: boolean }): ControlState {
    if (this.#holder?.id !== caller.id) {
      throw new CoverslipError('FORBIDDEN', 'Only who operates can hand over or refuse', {
        hint: 'Take control first.',
      })
    }
    if (this.#request !== undefined) {
      if (grant) this.#give(this.#request.caller)
      else this.#endRequest()
    }
    return this.state()
  }

  /** Whoever uses these tokens may operate no longer. */
  expel(tokenIds: readonly string[]): void {
    const isOut = ({ id }: Caller) => tokenIds.some((tokenId) => usesToken(id, tokenId))
    if (this.#request !== undefined && isOut(this.#request.caller)) this.#endRequest()
    if (this.#holder !== undefined && isOut(this.#holder)) this.#free()
  }

  close(): void {
    this.#cancelLease()
    this.#cancelGrant()
  }

  #connectionsOf(callerId: string): number {
    return this.#connections.get(callerId) ?? 0
  }

  #ask(caller: Caller): { readonly caller: Caller; readonly until: number } {
    this.#cancelGrant = this.#clock.after(answerMs, () => this.#give(caller))
    this.#request = { caller, until: this.#clock.now() + answerMs }
    this.#changed()
    return this.#request
  }

  #give(caller: Caller): void {
    this.#holder = caller
    // Who else asked has to ask the new holder.
    this.#forgetRequest()
    this.#lease(idleMs)
    this.#changed()
  }

  /** Nobody holds control now, except who waits for it. */
  #free(): void {
    this.#cancelLease()
    if (this.#request !== undefined) {
      this.#give(this.#request.caller)
      return
    }
    this.#holder = undefined
    this.#changed()
  }

  #endRequest(): void {
    this.#forgetRequest()
    this.#changed()
  }

  #forgetRequest(): void {
    this.#cancelGrant()
    this.#request = undefined
  }

  /** Control ends in `ms`, unless the holder is connected. */
  #lease(ms: number): void {
    this.#cancelLease()
    if (this.#holder === undefined || this.#connectionsOf(this.#holder.id) > 0) return
    this.#cancelLease = this.#clock.after(ms, () => this.#free())
  }

  #changed(): void {
    this.#changes.emit(this.state())
  }
}
