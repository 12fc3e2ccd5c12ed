import { CoverslipError } from '../../../src-shared/errors.ts'

/** The error for a node whose description makes no sense: `data.node` is its name. */
export function descriptionError(node: string, reason: string, cause?: unknown): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `"${node}" is faulty in the camera's description: ${reason}`, {
    hint: "The camera's other features work. A newer firmware may mend it; otherwise tell its maker.",
    data: { node },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The error for a description that cannot be used at all. */
export function unusableDescription(reason: string, cause?: unknown): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `The camera's description cannot be used: ${reason}`, {
    hint: 'Restart the camera and connect again. If that does not help, its firmware needs an update.',
    ...(cause === undefined ? {} : { cause }),
  })
}
