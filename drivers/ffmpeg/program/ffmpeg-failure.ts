import { CoverslipError } from '../../../src-shared/errors.ts'
import type { VideoAddress } from '../video-address.ts'
import { installAdvice } from './ffmpeg-program.ts'

/** What users can do about the commonest failures, by what ffmpeg prints. */
const advice: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/401|Unauthorized|403|Forbidden/i, 'Check user name and password: the options "user" and "password".'],
  [/404|Not Found/i, 'Check the path in the address: the camera’s manual or its web page names it.'],
  [
    /Connection refused|No route to host|Network is unreachable|timed out|resolve/i,
    'Check the address and the port, and that the camera is on the same network.',
  ],
  [/Device or resource busy|already in use|in use by another/i, 'Another program uses the camera: close it.'],
  [
    /Permission denied|Operation not permitted/i,
    'Allow the camera: on Linux add yourself to the group "video"; on macOS and Windows in the system’s privacy settings.',
  ],
  [/No such file|Could not find video device|not found/i, 'Plug the camera in, and search again.'],
  [
    /Unknown input format|Protocol not found|Unrecognized option/i,
    'This ffmpeg lacks what the camera needs: install a complete one.',
  ],
]

/**
 * Lines that are no complaint: ffmpeg's description of its input and output, whose details are indented, and the closing
 * statistics (`frame=   30 fps=…`, `video:6750kB audio:0kB …`, since 6.1 after `[out#0/image2pipe @ 0x…] `). Nor is what
 * it says of every JPEG, whose full range of brightness has a pixel format that is out of fashion.
 */
const narration =
  /^(?:\s|(?:Input|Output) #\d|Stream mapping:|Press \[q\]|(?:\[out#\d[^\]]*\] )?(?:frame=|video:)|.*deprecated pixel format used)/

/** Why ffmpeg ended, by its last words; `words` have no addresses in them any more. */
export function ffmpegFailure(address: VideoAddress, reason: string, words: string): CoverslipError {
  const last = words
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !narration.test(line))
    .slice(-3)
    .map((line) => line.trim())
    .join(' / ')
  const hint = advice.find(([pattern]) => pattern.test(last))?.[1]
  return new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `No video from ${address.shown}: ${reason}${last === '' ? '' : ` (${last.slice(0, 500)})`}`,
    {
      hint: hint ?? 'Try the same camera in another program. It is tried again as long as it is configured.',
    },
  )
}

/** ffmpeg itself could not be started. */
export function startFailure(address: VideoAddress, error: Error): CoverslipError {
  return new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `No video from ${address.shown}: ffmpeg could not be started: ${error.message}`,
    { hint: installAdvice(), cause: error },
  )
}
