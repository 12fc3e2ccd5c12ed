/** How people, programs and times are called in the share dialog. */
import type { Protocol } from '../../../src-shared/stream-params.ts'
import type { ViewerClient } from '../../../src-shared/viewers.ts'
import { ago } from '../../components/format.ts'

const clientNames: Record<ViewerClient, string> = {
  app: 'Coverslip',
  socket: 'script',
  imswitch: 'ImSwitch',
  mjpeg: 'MJPEG player',
  webrtc: 'WebRTC player',
  front: 'front server',
}
const protocolNames: Record<Protocol, string> = {
  binary: 'lossless',
  jpeg: 'JPEG',
  mjpeg: 'MJPEG',
  webrtc: 'WebRTC',
}

/** What users read of a kind of client. */
export const clientName = (client: ViewerClient): string => clientNames[client]
/** What users read of a protocol. */
export const protocolName = (protocol: Protocol): string => protocolNames[protocol]

/** How long a token is still valid: `ends in 3 h`. */
export function expiryText(expiresAt: number | undefined, nowMs: number): string {
  if (expiresAt === undefined) return 'until revoked'
  if (expiresAt <= nowMs) return 'has ended'
  const minutes = Math.ceil((expiresAt - nowMs) / 60_000)
  if (minutes < 100) return `ends in ${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 49 ? `ends in ${hours} h` : `ends in ${Math.round(hours / 24)} days`
}

/** When a token was used last. */
export function lastUsedText(lastUsedAt: number | undefined, nowMs: number): string {
  if (lastUsedAt === undefined) return 'not used yet'
  const since = ago(lastUsedAt, nowMs)
  return since === 'now' ? 'used just now' : `used ${since} ago`
}

/** The input of a change, short enough for a line. */
export function inputText(input: unknown): string {
  if (input === undefined || input === null) return ''
  if (typeof input !== 'object') return String(input)
  return Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ')
}
