import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'

const optionsSchema = z.strictObject({
  /**
   * Path of the ffmpeg program; default: the one on PATH. A configuration may come from somebody else, and must not
   * start anything but that.
   */
  ffmpeg: z
    .string()
    .max(1000)
    .regex(/^(?![\\/]{2})(?:.*[\\/])?ffmpeg(?:\.exe)?$/i, 'must be a local path to a file named ffmpeg')
    .optional(),
  /** User name and password of a network camera, so that they need not be in its address. */
  user: z.string().max(200).optional(),
  password: z.string().max(200).optional(),
  /** HTTP: `mjpeg` is read here, without any other program; `ffmpeg` reads whatever it can. */
  through: z.enum(['mjpeg', 'ffmpeg']).default('mjpeg'),
  /** RTSP: how the video is sent. */
  transport: z.enum(['tcp', 'udp']).default('tcp'),
  /** After this time without data a camera counts as lost, s; opening must be over before the engine gives it up. */
  timeoutS: z.number().min(0.1).max(15).default(10),
})
/** Options of a USB or network camera in the hardware configuration. */
export type VideoOptions = z.infer<typeof optionsSchema>

/** @throws CoverslipError INVALID_INPUT that names each wrong option, not its value. */
export function parseVideoOptions(options: Readonly<Record<string, unknown>>): VideoOptions {
  const parsed = optionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new CoverslipError(
    'INVALID_INPUT',
    `Wrong options for the camera: ${z.prettifyError(parsed.error)}`,
    {
      hint: `It takes ${Object.keys(optionsSchema.shape).join(', ')}.`,
      cause: parsed.error,
    },
  )
}
