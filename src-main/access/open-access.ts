/** Access control of a host whose only callers are this computer's own. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Access } from './access.ts'

/** Lets everything pass and knows no tokens. */
export function openAccess(): Access {
  return {
    identify: () => undefined,
    tokens: () => [],
    createToken: async () => {
      throw new CoverslipError('FORBIDDEN', 'This host gives no access to others.')
    },
    revokeToken: async () => undefined,
    onRevoked: () => () => undefined,
    authorize: () => undefined,
    control: () => ({}),
    onControl: () => () => undefined,
    present: () => () => undefined,
    takeControl: () => ({ status: 'granted' }),
    releaseControl: () => ({}),
    answerControl: () => ({}),
    record: () => undefined,
    audit: async () => [],
    close: async () => undefined,
  }
}
