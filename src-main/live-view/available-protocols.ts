import { CoverslipError } from '../../src-shared/errors.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import { webrtcAvailable, webrtcPackage } from './webrtc/webrtc-library.ts'

/** Protocols that can be streamed by on this computer: WebRTC's library has no binary for every platform. */
export const availableProtocols: readonly Protocol[] = webrtcAvailable()
  ? ['binary', 'jpeg', 'mjpeg', 'webrtc']
  : ['binary', 'jpeg', 'mjpeg']

/** @throws CoverslipError PROTOCOL_UNAVAILABLE saying what there is. */
export function checkAvailable(protocol: Protocol): void {
  if (availableProtocols.includes(protocol)) return
  const others = `Choose one of ${availableProtocols.join(', ')}`
  throw new CoverslipError('PROTOCOL_UNAVAILABLE', `This computer cannot stream by ${protocol}`, {
    hint:
      protocol === 'webrtc' ? `${others}, or install the optional package ${webrtcPackage}.` : `${others}.`,
  })
}
