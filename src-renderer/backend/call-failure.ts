import { ORPCError } from '@orpc/client'
import { CoverslipError } from '../../src-shared/errors.ts'

/** A failed call, in words for the user. */
export type CallFailure = {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  /** Machine-readable details such as `{ field, min, max }`. */
  readonly details: Readonly<Record<string, unknown>> | undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** First complaint of a rejected input, e.g. `value: Invalid input` (oRPC sends zod's issues as data). */
function firstIssue(data: unknown): string | undefined {
  if (!isRecord(data) || !Array.isArray(data['issues'])) return undefined
  const issue: unknown = data['issues'][0]
  if (!isRecord(issue) || typeof issue['message'] !== 'string') return undefined
  const path = Array.isArray(issue['path']) ? issue['path'].join('.') : ''
  return path === '' ? issue['message'] : `${path}: ${issue['message']}`
}

/** What to tell the user about `error`, whatever a call of the contract rejected with. */
export function callFailure(error: unknown): CallFailure {
  if (error instanceof ORPCError) {
    const data: unknown = error.data
    const hint = isRecord(data) && typeof data['hint'] === 'string' ? data['hint'] : undefined
    const details = isRecord(data) && isRecord(data['details']) ? data['details'] : undefined
    return { code: String(error.code), message: firstIssue(data) ?? error.message, hint, details }
  }
  if (error instanceof CoverslipError) {
    return { code: error.code, message: error.message, hint: error.hint, details: error.data }
  }
  if (error instanceof TypeError) {
    // What fetch rejects with when the host is gone.
    return {
      code: 'UNREACHABLE',
      message: 'Coverslip on the microscope computer does not answer.',
      hint: 'Check that it is running and that this computer is on its network.',
      details: undefined,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'INTERNAL', message, hint: undefined, details: undefined }
}
