/** Status codes of GVCP acknowledgements and GVSP packets (GigE Vision 2.2, section "Status codes"). */

/** Code of each status on the wire. */
export const statusCodes = {
  success: 0x0000,
  /** GVSP only: the packet was sent again on request. */
  packetResend: 0x0100,
  notImplemented: 0x8001,
  invalidParameter: 0x8002,
  invalidAddress: 0x8003,
  writeProtect: 0x8004,
  badAlignment: 0x8005,
  accessDenied: 0x8006,
  busy: 0x8007,
  localProblem: 0x8008,
  messageMismatch: 0x8009,
  invalidProtocol: 0x800a,
  noMessage: 0x800b,
  packetUnavailable: 0x800c,
  dataOverrun: 0x800d,
  invalidHeader: 0x800e,
  wrongConfiguration: 0x800f,
  packetNotYetAvailable: 0x8010,
  packetAndPreviousRemoved: 0x8011,
  packetRemoved: 0x8012,
  noReferenceTime: 0x8013,
  temporarilyUnavailable: 0x8014,
  overflow: 0x8015,
  actionLate: 0x8016,
  error: 0x8fff,
} as const

/** How a command ended, by its name. */
export type GvcpStatus = keyof typeof statusCodes

const names = new Map<number, GvcpStatus>()
for (const [name, code] of Object.entries(statusCodes)) {
  if (isStatus(name)) names.set(code, name)
}

function isStatus(name: string): name is GvcpStatus {
  return name in statusCodes
}

/** The status of a code; codes that the standard does not define are `error` when bit 15 is set, otherwise `success`. */
export function statusOf(code: number): GvcpStatus {
  return names.get(code) ?? (code & 0x8000 ? 'error' : 'success')
}
