import { CoverslipError } from '../../src-shared/errors.ts'

/** The right to acquire; `end` may be called more than once. */
export type Turn = {
  /** What is under way is called `name` from now on. */
  named(name: string): void
  end(): void
}

/** Recordings, plans and searches for the focus take turns: one at a time, as they share cameras, stage, light and disk. */
export class AcquisitionTurn {
  #holder: { name: string } | undefined

  /** Whether something is under way. */
  get isTaken(): boolean {
    return this.#holder !== undefined
  }

  /** @throws CoverslipError ACQUISITION_RUNNING naming the acquisition under way */
  take(name: string): Turn {
    if (this.#holder !== undefined) {
      throw new CoverslipError('ACQUISITION_RUNNING', `${this.#holder.name} is under way`, {
        hint: 'Stop it first, or wait until it has ended.',
      })
    }
    const holder = { name }
    this.#holder = holder
    return {
      named: (known) => {
        holder.name = known
      },
      end: () => {
        if (this.#holder === holder) this.#holder = undefined
      },
    }
  }
}
