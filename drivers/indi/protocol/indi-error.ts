import { CoverslipError } from '../../../src-shared/errors.ts'

/** What the other end sent breaks the protocol: the connection cannot be trusted any more. */
export function protocolError(problem: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `The INDI server sent ${problem}`, {
    hint: 'Check that the address is that of an INDI server (usually port 7624), and that its drivers are up to date.',
  })
}
