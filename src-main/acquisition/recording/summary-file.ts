import { CoverslipError } from '../../../src-shared/errors.ts'
import type { AcquisitionSummary } from '../reading/acquisition-summary.ts'
import { writeSummary } from './recording-folder.ts'

/** `acquisition.json` of an acquisition under way: what changes reaches the disk, one change after the other. */
export class SummaryFile<Summary extends AcquisitionSummary> {
  readonly #folder: string
  readonly #failed: (error: CoverslipError) => void
  #summary: Summary
  #saving: Promise<void> = Promise.resolve()
  #failure: CoverslipError | undefined

  /** `failed`: it could not be written; told once. */
  constructor(folder: string, summary: Summary, failed: (error: CoverslipError) => void) {
    this.#folder = folder
    this.#summary = summary
    this.#failed = failed
  }

  get summary(): Summary {
    return this.#summary
  }

  change(change: (summary: Summary) => Summary): void {
    const summary = change(this.#summary)
    this.#summary = summary
    this.#saving = this.#saving
      .then(() => writeSummary(this.#folder, summary))
      .catch((error: unknown) => {
        if (this.#failure !== undefined) return
        this.#failure = CoverslipError.from(error, 'DATA_FOLDER')
        this.#failed(this.#failure)
      })
  }

  /** Waits until everything is written. @returns why it could not be, if so */
  async saved(): Promise<CoverslipError | undefined> {
    await this.#saving
    return this.#failure
  }
}
