import type { FaultPolicy } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { NumberedEvent } from './acquisition-hardware.ts'

/** Counts how often the event under way has failed, and says what follows from it. */
export class FaultTally {
  readonly #policy: FaultPolicy
  #event: number | undefined
  #failures = 0

  constructor(policy: FaultPolicy) {
    this.#policy = policy
  }

  /** `event` has failed, once more or for the first time. */
  consequenceOf({ number }: NumberedEvent): FaultPolicy['kind'] {
    this.#failures = number === this.#event ? this.#failures + 1 : 1
    this.#event = number
    if (this.#policy.kind !== 'retry') return this.#policy.kind
    return this.#failures > this.#policy.times ? 'abort' : 'retry'
  }
}
