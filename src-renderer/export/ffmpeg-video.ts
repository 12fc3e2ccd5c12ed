/**
 * MP4 and WebM by ffmpeg's WebAssembly build, for browsers without an encoder of their own. It is loaded when it is
 * needed, from where the app is. As it knows its own memory only, pictures are encoded in parts of a few megabytes, and
 * what it makes of them goes into the file at once: memory does not grow with the video.
 */
import createFFmpegCore, { type FfmpegCore } from '@ffmpeg/core'
import coreWasmUrl from '@ffmpeg/core/wasm?url'
import {
  BufferSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  type Output,
  WEBM,
} from 'mediabunny'
import { CoverslipError } from '../../src-shared/errors.ts'
import { joinedBytes } from '../../src-shared/joined-bytes.ts'
import { rawVideoHeader, rawVideoPictureHeader } from '../../src-shared/raw-video-stream.ts'
import type { ExportChoices } from './export-choices.ts'
import type { ExportFile } from './export-file.ts'
import type { ShownTime } from './export-plan.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'
import { type VideoFormat, type VideoOptions, videoOutput } from './video-output.ts'

/** Pictures that are encoded at a time, bytes. */
const partBytes = 64 * 2 ** 20
/** From one picture of a part to the next, µs: as far as the encoder knows. */
const partStepUs = 40_000
/** Its last words are enough for an error. */
const keptLines = 5

/** Constant rate factors of x264 and libvpx. */
const crf = {
  mp4: { best: 14, good: 20, small: 28 },
  webm: { best: 8, good: 18, small: 34 },
} as const satisfies Record<VideoFormat, Record<ExportChoices['quality'], number>>

const encoders: Readonly<Record<VideoFormat, readonly string[]>> = {
  // Without B-frames pictures leave in the order of their times.
  mp4: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '30'],
  // VP9 does not run in this build.
  webm: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '4', '-b:v', '20M', '-g', '30'],
}
const codecs = { mp4: 'avc', webm: 'vp8' } as const

/** What ffmpeg makes of RGB unless it is told otherwise, said to players, who would guess it from the size. */
const colours = [
  ...['-pix_fmt', 'yuv420p', '-color_range', 'tv', '-colorspace', 'smpte170m'],
  ...['-color_primaries', 'smpte170m', '-color_trc', 'smpte170m'],
]

export class FfmpegVideo implements PictureSink {
  readonly #core: FfmpegCore
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #output: Output
  readonly #source: EncodedVideoPacketSource
  readonly #options: VideoOptions
  readonly #words: string[] = []
  /** Of the part that is being collected. */
  #pictures: Uint8Array[] = []
  #times: ShownTime[] = []
  #bytes = 0

  private constructor(
    core: FfmpegCore,
    context: OffscreenCanvasRenderingContext2D,
    output: Output,
    options: VideoOptions,
  ) {
    this.#core = core
    this.#context = context
    this.#output = output
    this.#options = options
    this.#source = new EncodedVideoPacketSource(codecs[options.format])
    output.addVideoTrack(this.#source)
    core.setLogger(({ message }) => {
      this.#words.push(message)
      this.#words.splice(0, this.#words.length - keptLines)
    })
  }

  /** Loads ffmpeg. @throws CoverslipError INTERNAL where that fails */
  static async open(
    context: OffscreenCanvasRenderingContext2D,
    file: ExportFile,
    options: VideoOptions,
  ): Promise<FfmpegVideo> {
    const video = new FfmpegVideo(await loadedCore(), context, videoOutput(file, options.format), options)
    await video.#output.start()
    return video
  }

  async add({ atS, durationS }: DrawnPicture): Promise<void> {
    const { width, height } = this.#context.canvas
    const { data } = this.#context.getImageData(0, 0, width, height)
    if (this.#pictures.length === 0) this.#pictures.push(rawVideoHeader({ width, height, pixels: 'rgba' }))
    const pixels = new Uint8Array(data.buffer)
    // ffmpeg needs times that go on, the file those of the pictures.
    const timeUs = this.#times.length * partStepUs
    this.#pictures.push(rawVideoPictureHeader(timeUs, pixels.length), pixels)
    this.#times.push({ atS, durationS })
    this.#bytes += pixels.length
    if (this.#bytes >= partBytes) await this.#encodePart()
  }

  async finish(): Promise<void> {
    if (this.#pictures.length > 0) await this.#encodePart()
    await this.#output.finalize()
  }

  async #encodePart(): Promise<void> {
    const { format, quality } = this.#options
    const { FS } = this.#core
    const part = `part.${format}`
    FS.writeFile('pictures.mkv', joinedBytes(this.#pictures))
    const times = this.#times
    this.#pictures = []
    this.#times = []
    this.#bytes = 0
    this.#run([
      ...['-f', 'matroska', '-i', 'pictures.mkv', '-vsync', 'passthrough', '-enc_time_base', '1:1000'],
      ...encoders[format],
      ...['-crf', String(crf[format][quality]), ...colours, '-y', part],
    ])
    const bytes = FS.readFile(part)
    for (const path of ['pictures.mkv', part]) FS.unlink(path)
    await this.#append(bytes, times)
  }

  /** Puts the pictures of a part into the file. @throws CoverslipError INTERNAL when there are not as many as were given */
  async #append(part: Uint8Array, times: readonly ShownTime[]): Promise<void> {
    const input = new Input({ source: new BufferSource(part), formats: [MP4, WEBM] })
    const track = await input.getPrimaryVideoTrack()
    const decoderConfig = (await track?.getDecoderConfig()) ?? undefined
    let pictures = 0
    if (track !== null)
      for await (const packet of new EncodedPacketSink(track).packets()) {
        const { atS, durationS } = times[pictures++] ?? { atS: Number.NaN, durationS: 0 }
        if (Number.isNaN(atS)) break
        const shown = packet.clone({ timestamp: atS, duration: durationS })
        await this.#source.add(shown, decoderConfig === undefined ? {} : { decoderConfig })
      }
    if (pictures !== times.length) throw this.#failure(`${pictures} of ${times.length} pictures were made`)
  }

  /** @throws CoverslipError INTERNAL with ffmpeg's last words */
  #run(args: readonly string[]): void {
    this.#core.reset()
    const code = this.#core.exec('-hide_banner', '-loglevel', 'error', ...args)
    if (code !== 0) throw this.#failure(this.#words.join(' / '))
  }

  #failure(reason: string): CoverslipError {
    return new CoverslipError('INTERNAL', `ffmpeg could not make the video: ${reason}`, {
      hint: 'Try smaller pictures, or another format.',
    })
  }
}

async function loadedCore(): Promise<FfmpegCore> {
  const wasmURL = new URL(coreWasmUrl, self.location.href).href
  try {
    return await createFFmpegCore({ mainScriptUrlOrBlob: `#${btoa(JSON.stringify({ wasmURL }))}` })
  } catch (cause) {
    throw new CoverslipError('INTERNAL', 'This browser cannot make videos, nor load what would', {
      hint: 'Use a current Chrome, Edge, Firefox or Safari, or export GIF or pictures.',
      cause,
    })
  }
}
