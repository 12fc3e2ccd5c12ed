/** Session descriptions (RFC 8866, RFC 8829) as far as they are read and changed here. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'

/** More lines or sections than any browser writes. */
const maxLines = 2000
const maxSections = 32

const hint =
  'Send an offer made by RTCPeerConnection.createOffer() after addTransceiver("video", { direction: "recvonly" }).'

/**
 * Checks a viewer's offer before the library sees it.
 * @throws CoverslipError TOO_LARGE; INVALID_INPUT saying what is wrong with it.
 */
export function checkOffer(sdp: string): void {
  const sections = checkedSections(sdp, 'offer')
  const videos = sections.filter(([line]) => line?.startsWith('m=video ') === true)
  const usable = videos.filter(([line]) => line?.startsWith('m=video 0 ') !== true)
  if (usable.length === 0) throw invalid('The offer has no video in it')
  if (!usable.some((section) => receives(section))) {
    throw invalid('The offer does not receive video: its direction is sendonly or inactive')
  }
}

/**
 * Checks a media server's answer to an offer of ours.
 * @throws CoverslipError TOO_LARGE; INVALID_INPUT saying what is wrong with it.
 */
export function checkAnswer(sdp: string): void {
  const refused = !checkedSections(sdp, 'answer').some(([line]) => /^m=video [1-9]/.test(line ?? ''))
  if (refused) {
    throw new CoverslipError('INVALID_INPUT', 'The answer does not take the video', {
      hint: 'The media server may not accept any of VP8, VP9 and AV1.',
    })
  }
}

/**
 * `sdp` (of the other side) with the bit rate that our encoder shall begin with and not exceed. These fmtp parameters
 * are libwebrtc's own; without them it begins with 300 kbit/s and gains speed slowly.
 */
export function withBitrate(sdp: string, kbps: number): string {
  const limits = `x-google-start-bitrate=${kbps};x-google-max-bitrate=${kbps}`
  return sectionsOf(sdp)
    .map((section) => (section[0]?.startsWith('m=video ') === true ? withFormat(section, limits) : section))
    .flat()
    .concat('')
    .join('\r\n')
}

/** Adds `parameters` to the formats of all video codecs of a section. */
function withFormat(section: readonly string[], parameters: string): string[] {
  const formats = section.flatMap((line) => /^a=rtpmap:(\d+) (?:VP8|VP9|AV1)\//i.exec(line)?.[1] ?? [])
  const missing = new Set(formats)
  const changed = section.map((line) => {
    const format = /^a=fmtp:(\d+) /.exec(line)?.[1]
    if (format === undefined || !formats.includes(format)) return line
    missing.delete(format)
    return `${line};${parameters}`
  })
  return [...changed, ...[...missing].map((format) => `a=fmtp:${format} ${parameters}`)]
}

function receives(section: readonly string[]): boolean {
  const direction = section.find((line) => /^a=(?:sendonly|recvonly|sendrecv|inactive)$/.test(line))
  // Absent means sendrecv (RFC 8866 section 6.7).
  return direction === undefined || direction === 'a=recvonly' || direction === 'a=sendrecv'
}

function checkedSections(sdp: string, what: 'offer' | 'answer'): string[][] {
  if (sdp.length > maxSdpLength)
    throw new CoverslipError('TOO_LARGE', `The ${what} is longer than ${maxSdpLength} characters`, { hint })
  const lines = linesOf(sdp)
  if (lines[0] !== 'v=0') throw invalid(`The ${what} is not SDP: it does not begin with v=0`)
  const bad = lines.findIndex((line) => !/^[a-z]=[^\0]*$/.test(line))
  if (bad >= 0) throw invalid(`Line ${bad + 1} of the ${what} is not SDP`)
  const sections = sectionsOf(sdp)
  if (lines.length > maxLines || sections.length > maxSections) {
    throw invalid(`The ${what} has ${lines.length} lines in ${sections.length} sections: that is too many`)
  }
  return sections
}

const linesOf = (sdp: string): string[] => sdp.split(/\r?\n/).filter((line) => line !== '')

/** The session's lines, and those of each medium, which begin with `m=`. */
function sectionsOf(sdp: string): string[][] {
  const sections: string[][] = [[]]
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) sections.push([])
    sections.at(-1)?.push(line)
  }
  return sections
}

const invalid = (message: string) => new CoverslipError('INVALID_INPUT', message, { hint })
