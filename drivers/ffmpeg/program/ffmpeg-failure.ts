import { CoverslipError } from '../../../src-shared/errors.ts'
import { installAdvice, lastWords } from '../../sdk/ffmpeg-program.ts'
import type { VideoAddress } from '../video-address.ts'

/** What to do where ffmpeg is missing. */
export const programAdvice = (): string => `${installAdvice()}, or give its path in the option "ffmpeg".`

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

/** Why ffmpeg ended, by its last words; `words` have no addresses in them any more. */
export function ffmpegFailure(address: VideoAddress, reason: string, words: string): CoverslipError {
  const last = lastWords(words)
  const hint = advice.find(([pattern]) => pattern.test(last))?.[1]
  return new CoverslipError(
    'DEVICE_UNAVAILABLE',
    `No video from ${address.shown}: ${reason}${last === '' ? '' : ` (${last})`}`,
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
    { hint: programAdvice(), cause: error },
  )
}
