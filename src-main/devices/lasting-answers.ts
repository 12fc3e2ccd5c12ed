import { CoverslipError } from '../../src-shared/errors.ts'

/**
 * Answers that are asked for once and kept, and failures, too; but not DEVICE_TIMEOUT: that a busy computer was too slow
 * says nothing of the next time.
 */
export class LastingAnswers<Answer> {
  readonly #answers = new Map<string, Promise<Answer>>()

  /** The answer for `key`: the one that is kept, or under way, or what `ask` says now. @throws what `ask` throws. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key)
    if (known !== undefined) return known
    const answer = ask().catch((error: unknown) => {
      if (error instanceof CoverslipError && error.code === 'DEVICE_TIMEOUT') this.#answers.delete(key)
      throw error
    })
    this.#answers.set(key, answer)
    return answer
  }
}
