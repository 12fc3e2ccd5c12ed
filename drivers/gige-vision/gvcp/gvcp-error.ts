/** What a device refused or left unanswered, as errors for the user. */
import { CoverslipError, type ErrorCode } from '../../../src-shared/errors.ts'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'

type Explanation = { readonly code: ErrorCode; readonly what: string; readonly hint: string }

const tryAgain = 'Try again; if it stays so, switch the camera off and on.'
const firmware = 'The camera’s description and its firmware may not fit together: look for a firmware update.'
const stopFirst = 'Stop the acquisition first; some settings are locked while frames are taken.'

const explanations: Readonly<Record<GvcpStatus, Explanation>> = {
  success: { code: 'DEVICE_FAILED', what: 'answered without content', hint: tryAgain },
  packetResend: { code: 'DEVICE_FAILED', what: 'answered with a status of the stream', hint: tryAgain },
  notImplemented: { code: 'DEVICE_FAILED', what: 'cannot do that', hint: firmware },
  invalidParameter: { code: 'OUT_OF_RANGE', what: 'does not take that value', hint: 'Choose another value.' },
  invalidAddress: { code: 'DEVICE_FAILED', what: 'has no such register', hint: firmware },
  writeProtect: { code: 'PROPERTY_READ_ONLY', what: 'does not let that be changed', hint: stopFirst },
  badAlignment: { code: 'DEVICE_FAILED', what: 'wants another alignment of addresses', hint: firmware },
  accessDenied: {
    code: 'DEVICE_UNAVAILABLE',
    what: 'is controlled by another program',
    hint: 'Close the other program (also on other computers), or wait until its control expires.',
  },
  busy: { code: 'DEVICE_FAILED', what: 'is busy', hint: tryAgain },
  localProblem: { code: 'DEVICE_FAILED', what: 'has an internal problem', hint: tryAgain },
  messageMismatch: { code: 'DEVICE_FAILED', what: 'received a message that does not fit', hint: tryAgain },
  invalidProtocol: { code: 'DEVICE_FAILED', what: 'speaks another version of the protocol', hint: firmware },
  noMessage: { code: 'DEVICE_FAILED', what: 'has no message', hint: tryAgain },
  packetUnavailable: { code: 'DEVICE_FAILED', what: 'no longer has that packet', hint: tryAgain },
  dataOverrun: {
    code: 'DEVICE_FAILED',
    what: 'has more data than it can send',
    hint: 'Lower the frame rate or the packet delay.',
  },
  invalidHeader: { code: 'DEVICE_FAILED', what: 'received a damaged command', hint: tryAgain },
  wrongConfiguration: { code: 'DEVICE_FAILED', what: 'is not configured for that', hint: stopFirst },
  packetNotYetAvailable: { code: 'DEVICE_FAILED', what: 'does not have that packet yet', hint: tryAgain },
  packetAndPreviousRemoved: { code: 'DEVICE_FAILED', what: 'no longer has those packets', hint: tryAgain },
  packetRemoved: { code: 'DEVICE_FAILED', what: 'no longer has that packet', hint: tryAgain },
  noReferenceTime: {
    code: 'DEVICE_FAILED',
    what: 'has no reference time',
    hint: 'Check the precision time protocol of the network.',
  },
  temporarilyUnavailable: { code: 'DEVICE_FAILED', what: 'cannot do that just now', hint: tryAgain },
  overflow: { code: 'DEVICE_FAILED', what: 'has no room left for that', hint: tryAgain },
  actionLate: { code: 'DEVICE_FAILED', what: 'was asked to act in the past', hint: tryAgain },
  error: { code: 'DEVICE_FAILED', what: 'reports an error', hint: tryAgain },
}

/** The error for a command that the device refused; `data.status` and `data.statusCode` are what it said. */
export function refusedError(
  deviceName: string,
  refusal: { readonly status: GvcpStatus; readonly statusCode: number; readonly doing: string },
): CoverslipError {
  const { status, statusCode, doing } = refusal
  const { code, what, hint } = explanations[status]
  const inHex = `0x${statusCode.toString(16).padStart(4, '0')}`
  return new CoverslipError(code, `${deviceName} ${what} (${doing}, status ${inHex})`, {
    hint,
    data: { status, statusCode },
  })
}

/** The error for a command that was not answered. */
export function unansweredError(
  deviceName: string,
  { doing, attempts }: { readonly doing: string; readonly attempts?: number },
): CoverslipError {
  return new CoverslipError(
    'DEVICE_TIMEOUT',
    `${deviceName} does not answer (${attempts === undefined ? doing : `${doing}, asked ${attempts} times`})`,
    {
      hint: 'Check its power and cable, that its address belongs to the subnet of this computer’s network interface, and the firewall (UDP port 3956).',
    },
  )
}
