import type { FinishReason } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'

/** How a run has ended. */
export type RunOutcome = {
  readonly reason: FinishReason
  /** Why, where the reason is `failed`. */
  readonly failure: CoverslipError | undefined
  /** What could not be brought back to how it was. */
  readonly notRestored: readonly Error[]
}

/** Why a run ends before its plan does; without a failure: it was cancelled. */
export class Stopped extends Error {
  readonly failure: CoverslipError | undefined

  constructor(failure?: CoverslipError) {
    super(failure?.message ?? 'The plan was cancelled')
    this.failure = failure
  }
}
