/** ICE candidates as `application/trickle-ice-sdpfrag` (RFC 8840, section 9), which WHEP and WHIP clients send. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { IceCandidate } from '../../src-shared/webrtc.ts'

/** So many candidates in one fragment; peers have a dozen. */
const maxCandidates = 50

/** What a client sends of its candidates. */
export type SdpFragment = {
  /** Of the ICE generation that the candidates belong to; absent where the client left them out. */
  readonly iceUfrag?: string
  readonly icePwd?: string
  readonly candidates: readonly IceCandidate[]
}

/** RFC 8839, section 5.4: at least 4 and 22 characters. */
const ufragPattern = /^[A-Za-z0-9+/]{4,256}$/
const pwdPattern = /^[A-Za-z0-9+/]{22,256}$/
/** foundation component transport priority address port `typ` type, then extensions (RFC 8839, section 5.1). */
const candidatePattern =
  /^candidate:[A-Za-z0-9+/]{1,32} \d{1,3} [A-Za-z0-9-]{1,16} \d{1,10} [^\s]{1,255} \d{1,5} typ [a-z]{1,16}( [^\s]+)*$/i

/**
 * Reads a fragment. Attributes that say nothing about candidates are skipped.
 * @throws CoverslipError INVALID_INPUT naming the line.
 */
export function parseSdpFragment(text: string): SdpFragment {
  let iceUfrag: string | undefined
  let icePwd: string | undefined
  let mLineIndex = -1
  let mid: string | undefined
  const candidates: IceCandidate[] = []
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line === '') continue
    const refuse = (why: string): never => {
      throw new CoverslipError(
        'INVALID_INPUT',
        `Line ${index + 1} of the fragment ${why}: ${line.slice(0, 100)}`,
        {
          hint: 'See RFC 8840, section 9.',
        },
      )
    }
    if (!/^[a-z]=/.test(line)) refuse('is not SDP')
    if (line.startsWith('m=')) {
      mLineIndex += 1
      mid = undefined
      continue
    }
    const [name, value] = attribute(line)
    if (name === 'mid') mid = /^\S{1,100}$/.test(value) ? value : refuse('is no media id')
    else if (name === 'ice-ufrag') {
      if (!ufragPattern.test(value)) refuse('is no user name')
      if (iceUfrag !== undefined && iceUfrag !== value) refuse('differs from the user name before')
      iceUfrag = value
    } else if (name === 'ice-pwd') {
      if (!pwdPattern.test(value)) refuse('is no password')
      if (icePwd !== undefined && icePwd !== value) refuse('differs from the password before')
      icePwd = value
    } else if (name === 'candidate') {
      const candidate = `candidate:${value}`
      if (candidate.length > 2000 || !candidatePattern.test(candidate)) refuse('is no candidate')
      if (candidates.length === maxCandidates) refuse('is one candidate too many')
      candidates.push({
        candidate,
        sdpMLineIndex: Math.max(0, mLineIndex),
        ...(mid === undefined ? {} : { sdpMid: mid }),
      })
    }
  }
  return {
    candidates,
    ...(iceUfrag === undefined ? {} : { iceUfrag }),
    ...(icePwd === undefined ? {} : { icePwd }),
  }
}

/** The ICE user name and password of a whole SDP: of its first medium, or of the session. */
export function iceCredentials(sdp: string): {
  readonly ufrag: string | undefined
  readonly pwd: string | undefined
} {
  return { ufrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1], pwd: /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1] }
}

/** `a=name:value`; name is empty for lines that are no attributes. */
function attribute(line: string): readonly [name: string, value: string] {
  const matched = /^a=([^:]+)(?::(.*))?$/.exec(line)
  return [matched?.[1] ?? '', matched?.[2] ?? '']
}
