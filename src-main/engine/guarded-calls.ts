/** What holds for every call of the contract, whoever answers it: authorization, the audit log, declared errors. */
import { ValidationError } from '@orpc/contract'
import { ORPCError } from '@orpc/server'
import { errorStatus } from '../../src-shared/contract/error-map.ts'
import type { CallAccess } from '../../src-shared/contract/call-kinds.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { auditedInput } from './audited-input.ts'
import type { CallContext } from './call-context.ts'

/**
 * CoverslipErrors become the errors the contract declares; anything else is logged and answered as INTERNAL. Of a call
 * that was given up nobody hears, nor is it a fault.
 */
function toContractError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof ORPCError && !(error.cause instanceof ValidationError)) return error
  const failure = invalidInput(error) ?? CoverslipError.from(error)
  if (failure.code === 'INTERNAL' && signal?.aborted !== true) console.error(failure)
  return new ORPCError(failure.code, {
    defined: true,
    status: errorStatus[failure.code],
    message: failure.message,
    data: {
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
      ...(failure.data === undefined ? {} : { details: failure.data }),
    },
  })
}

/** What is wrong with a call's input, naming the field. */
function invalidInput(error: unknown): CoverslipError | undefined {
  if (!(error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError))
    return undefined
  const problems = error.cause.issues.map(({ path, message }) => {
    const field = (path ?? [])
      .map((part) => (typeof part === 'object' ? String(part.key) : String(part)))
      .join('.')
    return field === '' ? message : `${field}: ${message}`
  })
  return new CoverslipError('INVALID_INPUT', problems.join('; '), {
    hint: 'See /api/docs for what this call takes.',
    cause: error,
  })
}

/** A call of the contract that somebody makes. */
export type ContractCall = {
  readonly context: CallContext
  /** Its name, as in the audit log: `stage.move`. */
  readonly action: string
  readonly input: unknown
  readonly needed: CallAccess
  readonly method: string | undefined
  /** Aborted when the caller has given up. */
  readonly signal: AbortSignal | undefined
}

/**
 * What `answer` gives, if the caller may have it. A call that changes something is written down.
 * @throws ORPCError as the contract declares it
 */
export async function answerGuarded<Answer>(
  { context, action, input, needed, method, signal }: ContractCall,
  answer: () => Answer | PromiseLike<Answer>,
): Promise<Answer> {
  const { access, caller } = context
  // Reading a list changes nothing, whoever it is for.
  const audited = needed.role !== 'viewer' && method !== 'GET'
  const written = auditedInput(context, action, input)
  try {
    access.authorize(caller, needed)
    const result = await answer()
    if (audited) access.record({ caller, action, input: written })
    return result
  } catch (error) {
    const failure = toContractError(error, signal)
    if (audited) access.record({ caller, action, input: written, error: String(failure) })
    throw failure
  }
}
