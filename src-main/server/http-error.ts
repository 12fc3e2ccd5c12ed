import type { FastifyReply } from 'fastify'
import { CoverslipError, type ErrorCode, errorCodeSchema } from '../../src-shared/errors.ts'
import { errorStatus } from '../../src-shared/contract/error-map.ts'

/** Body of every error answer: the shape that the contract's errors have too. */
export type HttpErrorBody = {
  readonly defined: true
  readonly code: ErrorCode
  readonly status: number
  readonly message: string
  readonly data: { readonly hint?: string; readonly details?: Readonly<Record<string, unknown>> }
}

/** An error as the body of an HTTP answer. */
export function httpError(code: ErrorCode, message: string, hint?: string): HttpErrorBody {
  return { defined: true, code, status: errorStatus[code], message, data: hint === undefined ? {} : { hint } }
}

/** As `fromFastifyError` for whatever was thrown; what is a mistake of ours is logged. */
export function errorBody(error: unknown): HttpErrorBody {
  const body = fromFastifyError(error instanceof Error ? error : new Error(String(error)))
  const isKnown = error instanceof CoverslipError && error.code !== 'INTERNAL'
  if (body.status >= 500 && !isKnown) console.error(error)
  return body
}

/** Answers as the façades do: plain JSON, with `status: "error"` and the HTTP status of our API. */
export function answerPlainError(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, code, message } = errorBody(error)
  const { hint, data: details } = error instanceof CoverslipError ? error : {}
  return reply.code(status).send({ status: 'error', code, message, hint, details })
}

/** What the engine or Fastify itself refuses (broken JSON, too large, wrong type), in our shape; else INTERNAL. */
export function fromFastifyError(error: {
  code?: string
  statusCode?: number
  message: string
}): HttpErrorBody & { status: number } {
  if (error instanceof CoverslipError) {
    const { code, message, hint, data: details } = error
    const body = httpError(code, message, hint)
    return details === undefined ? body : { ...body, data: { ...body.data, details } }
  }
  if (error.statusCode === 413) return httpError('TOO_LARGE', error.message, 'Send less at once.')
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return {
      ...httpError('INVALID_INPUT', error.message, 'Send JSON with content-type application/json.'),
      status: error.statusCode,
    }
  }
  const known = errorCodeSchema.safeParse(error.code)
  return httpError(
    known.success ? known.data : 'INTERNAL',
    known.success ? error.message : 'The server failed; its log says why.',
  )
}
