import { CoverslipError } from '../../../../src-shared/errors.ts'

/** `error` as a fault of the device `name`: its message begins with the name where it does not have it already. */
export function deviceFailure(name: string, error: unknown): CoverslipError {
  const failure = CoverslipError.from(error, 'DEVICE_FAILED')
  if (failure.message.includes(name)) return failure
  const { code, message, hint, data } = failure
  return new CoverslipError(code, `${name}: ${message}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(data === undefined ? {} : { data }),
  })
}
