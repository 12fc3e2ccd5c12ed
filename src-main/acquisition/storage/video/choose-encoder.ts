/** Which encoder of the system's ffmpeg makes a video. */
import {
  type FfmpegProgram,
  findFfmpeg,
  installAdvice,
  listing,
} from '../../../../drivers/sdk/ffmpeg-program.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { rawVideoHeader, rawVideoPictureHeader } from '../../../../src-shared/raw-video-stream.ts'
import {
  type ChosenEncoder,
  encodingArguments,
  hardwareEncoders,
  losslessEncoder,
  softwareEncoders,
  type VideoOptions,
} from './video-encoder.ts'
import { type VideoLimits, VideoProcess } from './video-process.ts'

/** A picture that every graphics card's encoder takes. */
const trial = { width: 640, height: 480 }
/** A graphics driver may hang. */
const trialLimits: VideoLimits = { stalledMs: 15_000, finishMs: 15_000 }

type Found = { readonly program: FfmpegProgram; readonly encoders: ReadonlySet<string> }

/** Kept once it was found; what is missing may have been installed meanwhile. */
let found: Found | undefined
/** Whether encoders of graphics cards work, by name. */
const works = new Map<string, Promise<boolean>>()

/**
 * The encoder for `options`; of graphics cards it is one that has made a picture on this computer.
 * @returns with `remark`: what the user should know about it.
 * @throws CoverslipError DEVICE_UNAVAILABLE when ffmpeg is missing, too old or has no such encoder; INVALID_INPUT when
 *   the options contradict each other.
 */
export async function chooseEncoder(
  options: VideoOptions,
): Promise<ChosenEncoder & { readonly remark?: string }> {
  refuseContradiction(options)
  const { program, encoders } = await findProgram()
  const { container, quality, hardware } = options
  if (quality === 'lossless') {
    if (encoders.has('ffv1')) return { program, encoder: losslessEncoder }
    throw missing(program, 'FFV1, which lossless video needs')
  }
  if (hardware) {
    for (const encoder of hardwareEncoders(container, quality))
      if (encoders.has(encoder.name) && (await isWorking({ program, encoder }))) return { program, encoder }
  }
  const encoder = softwareEncoders(container, quality).find(({ name }) => encoders.has(name))
  if (encoder === undefined)
    throw missing(
      program,
      container === 'webm' ? 'VP9 or VP8 for WebM' : `H.264 for ${container.toUpperCase()}`,
    )
  const remark =
    container === 'webm'
      ? 'WebM is encoded by the processor: graphics cards make MP4 and MKV'
      : 'This computer’s graphics card has no encoder that ffmpeg can use: the processor encodes'
  return { program, encoder, ...(hardware ? { remark } : {}) }
}

function refuseContradiction({ quality, container, overlays }: VideoOptions): void {
  if (quality !== 'lossless') return
  if (container !== 'mkv') {
    throw new CoverslipError('INVALID_INPUT', `Lossless video is kept as MKV, not as ${container}`, {
      hint: 'Choose MKV, or a quality of 0 to 100.',
    })
  }
  if (overlays) {
    throw new CoverslipError(
      'INVALID_INPUT',
      'Lossless video keeps every pixel, so nothing is drawn into it',
      {
        hint: 'Turn time stamp and scale bar off, or choose a quality of 0 to 100.',
      },
    )
  }
}

async function findProgram(): Promise<Found> {
  if (found !== undefined) return found
  const hint = `${installAdvice()}, or record as OME-TIFF, OME-Zarr or raw.`
  const program = await findFfmpeg('ffmpeg', { hint }).catch((error: unknown) => {
    const { code, message, hint: advice = hint } = CoverslipError.from(error)
    throw new CoverslipError(code, `Video cannot be recorded: ${message}`, { hint: advice, cause: error })
  })
  // ` V....D libx264              libx264 H.264 / AVC …`
  const names = (await listing(program.path, ['-encoders'])).matchAll(/^ V\S{5} (\S+)/gm)
  found = { program, encoders: new Set(Array.from(names, ([, name = '']) => name)) }
  return found
}

function isWorking(chosen: ChosenEncoder): Promise<boolean> {
  const { name } = chosen.encoder
  const known = works.get(name) ?? encodesOne(chosen)
  works.set(name, known)
  return known
}

/** Encodes one grey picture to nowhere. */
async function encodesOne(chosen: ChosenEncoder): Promise<boolean> {
  const args = [...encodingArguments(chosen, 'mkv'), '-f', 'null', '-']
  const program = chosen.program.path
  const encoding = new VideoProcess('A trial picture', { program, args, limits: trialLimits })
  const picture = Buffer.alloc(trial.width * trial.height * 1.5, 128)
  try {
    await encoding.write([
      rawVideoHeader({ ...trial, pixels: 'i420' }),
      rawVideoPictureHeader(0, picture.length),
      picture,
    ])
    await encoding.finish()
    return true
  } catch {
    // Not on this computer: the next one is tried, and in the end the processor.
    return false
  }
}

function missing({ path }: FfmpegProgram, what: string): CoverslipError {
  return new CoverslipError('DEVICE_UNAVAILABLE', `${path} cannot make ${what}`, {
    hint: `Install a complete ffmpeg, or choose another container. ${installAdvice()}.`,
  })
}
