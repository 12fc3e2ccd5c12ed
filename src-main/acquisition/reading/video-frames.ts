/** Frames of a video file, found and decoded one by one by the system's ffmpeg. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { z } from 'zod'
import { installAdvice } from '../../../drivers/sdk/ffmpeg-program.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { imageBytes, type PixelFormat } from '../../../src-shared/frames/pixel-format.ts'
import type { ImagePlane } from './dataset-reader.ts'
import { requirePacketSize } from './plane-size.ts'
import { reasonOf, unreadable } from './unreadable.ts'
import { refuseLink } from './without-links.ts'

/**
 * ffmpeg's names of the formats, by ending. It is told which one to read: what looks like a list of other files (HLS,
 * concat) must not make it open those.
 */
const demuxers: Readonly<Record<string, string>> = {
  '.mkv': 'matroska',
  '.webm': 'matroska',
  '.mp4': 'mov',
  '.m4v': 'mov',
  '.mov': 'mov',
  '.avi': 'avi',
}
/** Endings of files that are opened as videos, in small letters. */
export const videoEndings: ReadonlySet<string> = new Set(Object.keys(demuxers))

const limitMs = 60_000
/** Of the list of all frames: two million of them. */
const longestList = 64 * 2 ** 20

/** Grey formats that come out of ffmpeg as they went in; everything else becomes RGB. */
const greys: Readonly<
  Record<string, { readonly pixelFormat: PixelFormat; readonly significantBits: number }>
> = {
  gray: { pixelFormat: 'Mono8', significantBits: 8 },
  gray10le: { pixelFormat: 'Mono10', significantBits: 10 },
  gray12le: { pixelFormat: 'Mono12', significantBits: 12 },
  gray14le: { pixelFormat: 'Mono14', significantBits: 14 },
  gray16le: { pixelFormat: 'Mono16', significantBits: 16 },
}

const probeSchema = z.object({
  streams: z
    .array(
      z.object({
        codec_name: z.string().default('unknown'),
        width: z.number().int().positive(),
        height: z.number().int().positive(),
        pix_fmt: z.string().default('unknown'),
      }),
    )
    .min(1),
  format: z.object({
    start_time: z.coerce.number().default(0),
    tags: z.record(z.string(), z.string()).default({}),
  }),
  packets: z.array(z.object({ pts_time: z.coerce.number().optional() })).default([]),
})

/** What ffprobe tells of a video. */
export type VideoFacts = Pick<ImagePlane, 'width' | 'height' | 'significantBits'> & {
  readonly pixelFormat: PixelFormat
  readonly codec: string
  readonly tags: Readonly<Record<string, string>>
  /** When each frame is shown, in order, s. */
  readonly times: readonly number[]
}

type Known = VideoFacts & { readonly outputFormat: string; readonly startTime: number }

export class VideoFrames {
  readonly #path: string
  readonly #isGrey: boolean
  #known: { readonly bytes: number; readonly facts: Promise<Known> } | undefined

  /** @param isGrey its pictures have no colour, whatever its format says: most video formats have no grey. */
  constructor(path: string, { isGrey = false }: { readonly isGrey?: boolean } = {}) {
    this.#path = path
    this.#isGrey = isGrey
  }

  /** What the file holds now. @throws CoverslipError UNREADABLE_IMAGE, also when ffmpeg is not installed */
  facts(): Promise<VideoFacts> {
    return this.#current()
  }

  /**
   * Frame `number` in the order of showing; undefined when there is none.
   * @throws CoverslipError UNREADABLE_IMAGE, TOO_LARGE
   */
  async read(number: number): Promise<ImagePlane | undefined> {
    const { times, startTime, width, height, pixelFormat, significantBits, outputFormat } =
      await this.#current()
    const time = times[number]
    if (time === undefined) return undefined
    const bytes = imageBytes(pixelFormat, width, height)
    requirePacketSize(this.#path, { width, height, bytes })
    // Half way to the frame before: times are rounded.
    const from = time - startTime - (time - (times[number - 1] ?? time)) / 2
    const out = await this.#run(
      'ffmpeg',
      [
        '-nostdin',
        '-noautorotate',
        ...(number === 0 ? [] : ['-ss', from.toFixed(6)]),
        ...this.#input(),
        ...['-map', '0:v:0', '-frames:v', '1', '-f', 'rawvideo'],
        ...['-pix_fmt', outputFormat, 'pipe:1'],
      ],
      bytes + 4096,
    )
    // Cut off in the middle of the frame.
    if (out.length !== bytes) return undefined
    return { width, height, pixelFormat, significantBits, pixels: Uint8Array.from(out) }
  }

  async #current(): Promise<Known> {
    await refuseLink(this.#path)
    const { size } = await stat(this.#path).catch((error: unknown) => {
      throw unreadable(this.#path, reasonOf(error), error)
    })
    if (this.#known?.bytes !== size) this.#known = { bytes: size, facts: this.#probe() }
    return this.#known.facts
  }

  async #probe(): Promise<Known> {
    const entries = 'stream=codec_name,width,height,pix_fmt:format=start_time:format_tags:packet=pts_time'
    const out = await this.#run(
      'ffprobe',
      [...this.#input(), '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json'],
      longestList,
    )
    const probe = probeSchema.safeParse(JSON.parse(out.toString()))
    const stream = probe.data?.streams[0]
    if (!probe.success || stream === undefined) throw unreadable(this.#path, 'it holds no video')
    const { format, packets } = probe.data
    const kept = stream.pix_fmt in greys ? stream.pix_fmt : this.#isGrey ? 'gray' : 'rgb24'
    return {
      width: stream.width,
      height: stream.height,
      ...(greys[kept] ?? { pixelFormat: 'RGB8', significantBits: 8 }),
      codec: stream.codec_name,
      tags: format.tags,
      // Stored in the order of decoding.
      times: packets.flatMap(({ pts_time: at }) => (at === undefined ? [] : [at])).toSorted((a, b) => a - b),
      outputFormat: kept,
      startTime: format.start_time,
    }
  }

  #input(): readonly string[] {
    const demuxer = demuxers[extname(this.#path).toLowerCase()] ?? 'matroska'
    return ['-v', 'error', '-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i', `file:${this.#path}`]
  }

  #run(program: string, args: readonly string[], maxBuffer: number): Promise<Buffer> {
    const options = {
      timeout: limitMs,
      maxBuffer,
      windowsHide: true,
      killSignal: 'SIGKILL',
      encoding: 'buffer',
    } as const
    return new Promise((resolve, reject) => {
      execFile(program, [...args], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(this.#failure(program, error, stderr.toString()))
      })
    })
  }

  #failure(program: string, error: Error, said: string): CoverslipError {
    if ('code' in error && error.code === 'ENOENT') {
      const { message } = unreadable(this.#path, `${program} is not installed`)
      return new CoverslipError('UNREADABLE_IMAGE', message, {
        hint: `On the computer at the microscope: ${installAdvice()}. Or play the file in another program.`,
      })
    }
    const [complaint = ''] = said.trim().split('\n')
    // It names the whole path.
    const reason = complaint.replaceAll(`file:${this.#path}: `, '').slice(0, 300)
    return unreadable(this.#path, reason === '' ? `${program} gave up` : reason, error)
  }
}
