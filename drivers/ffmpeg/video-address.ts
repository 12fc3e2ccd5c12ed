import { CoverslipError } from '../../src-shared/errors.ts'

/** Where video comes from. `shown` can be shown to anyone: it has no user name, password or token in it. */
export type VideoAddress =
  | { readonly kind: 'rtsp' | 'http'; readonly url: URL; readonly shown: string }
  /** A camera of this computer, by the name that the system's video interface gives it. */
  | { readonly kind: 'v4l2' | 'dshow' | 'avfoundation'; readonly device: string; readonly shown: string }

const deviceName = {
  v4l2: /^\/dev\/(?:video\d{1,3}|v4l\/by-(?:id|path)\/[\w.:+-]+)$/,
  // A colon would begin an audio device.
  dshow: /^[^:"]{1,300}$/,
  avfoundation: /^[^:"]{1,300}$/,
} as const

const hint =
  'Network cameras: rtsp://host/path, rtsps://, http:// or https:// (MJPEG). Cameras of this computer: v4l2:/dev/video0 (Linux), dshow:NAME (Windows), avfoundation:NAME (macOS).'

/** @throws CoverslipError INVALID_INPUT that does not repeat the address, as a password may be in it. */
export function parseVideoAddress(address: string): VideoAddress {
  const colon = address.indexOf(':')
  const scheme = address.slice(0, Math.max(0, colon)).toLowerCase()
  switch (scheme) {
    case 'v4l2':
    case 'dshow':
    case 'avfoundation': {
      const device = address.slice(colon + 1)
      if (!deviceName[scheme].test(device))
        throw new CoverslipError('INVALID_INPUT', `This is no camera of ${scheme}`, { hint })
      return { kind: scheme, device, shown: device }
    }
    case 'rtsp':
    case 'rtsps':
    case 'http':
    case 'https':
      return networkAddress(address, scheme.startsWith('rtsp') ? 'rtsp' : 'http')
    default:
      throw new CoverslipError('INVALID_INPUT', 'This is no address of a camera', { hint })
  }
}

function networkAddress(address: string, kind: 'rtsp' | 'http'): VideoAddress {
  // Control characters and spaces would be taken away silently.
  // URL would also understand http:user:password@host, in which nobody else would look for a password.
  const whole = /^[a-z]+:\/\//i.test(address) && URL.canParse(address)
  const url = /[\0-\x20\x7f]/.test(address) || !whole ? undefined : new URL(address)
  if (url === undefined || url.hostname === '')
    throw new CoverslipError('INVALID_INPUT', 'The address of the network camera is not valid', { hint })
  return { kind, url, shown: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}` }
}

/** `text` (of a program or server) without the addresses in it, as they may hold passwords: `shown` instead. */
export function withoutAddresses(text: string, shown: string): string {
  return text.replaceAll(/\b(?:rtsps?|https?|tcp|tls|udp|rtp):\/\/[^\s'"]*?(?=:?(?:[\s'"]|$))/gi, shown)
}
