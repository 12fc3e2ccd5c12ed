/**
 * MP4 and WebM by ffmpeg's WebAssembly build, for browsers without an encoder of their own. It is loaded when it is
 * needed, from where the app is. As it knows its own memory only, pictures are encoded in parts of a few megabytes, which
 * are joined at the end.
 */
import createFFmpegCore, { type FfmpegCore } from '@ffmpeg/core'
import coreWasmUrl from '@ffmpeg/core/wasm?url'
import { CoverslipError } from '../../src-shared/errors.ts'
import { rawVideoHeader, rawVideoPictureHeader } from '../../src-shared/raw-video-stream.ts'
import type { ExportChoices } from './export-choices.ts'
import { type ExportFile, FileAppender } from './export-file.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'
import type { VideoFormat } from './webcodecs-video.ts'

/** Pictures that are encoded at a time, bytes. */
const partBytes = 64 * 2 ** 20
/** Its last words are enough for an error. */
const keptLines = 5

/** Constant rate factors of x264 and libvpx. */
const crf = {
  mp4: { best: 14, good: 20, small: 28 },
  webm: { best: 8, good: 18, small: 34 },
} as const satisfies Record<VideoFormat, Record<ExportChoices['quality'], number>>

const encoders: Readonly<Record<VideoFormat, readonly string[]>> = {
  mp4: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-pix_fmt', 'yuv420p'],
  // VP9 does not run in this build.
  webm: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '4', '-b:v', '20M', '-pix_fmt', 'yuv420p'],
}

type VideoOptions = Pick<ExportChoices, 'quality'> & { readonly format: VideoFormat }

export class FfmpegVideo implements PictureSink {
  readonly #core: FfmpegCore
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #file: ExportFile
  readonly #options: VideoOptions
  readonly #words: string[] = []
  #pictures: Uint8Array[] = []
  #bytes = 0
  /** s */
  #partStart = 0
  #partEnd = 0
  readonly #parts: { readonly name: string; readonly durationUs: number }[] = []

  private constructor(
    core: FfmpegCore,
    context: OffscreenCanvasRenderingContext2D,
    file: ExportFile,
    options: VideoOptions,
  ) {
    this.#core = core
    this.#context = context
    this.#file = file
    this.#options = options
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
    const wasmURL = new URL(coreWasmUrl, self.location.href).href
    try {
      const core = await createFFmpegCore({ mainScriptUrlOrBlob: `#${btoa(JSON.stringify({ wasmURL }))}` })
      return new FfmpegVideo(core, context, file, options)
    } catch (cause) {
      throw new CoverslipError('INTERNAL', 'This browser cannot make videos, nor load what would', {
        hint: 'Use a current Chrome, Edge, Firefox or Safari, or export GIF or pictures.',
        cause,
      })
    }
  }

  async add({ atS, durationS }: DrawnPicture): Promise<void> {
    const { width, height } = this.#context.canvas
    const { data } = this.#context.getImageData(0, 0, width, height)
    if (this.#pictures.length === 0) {
      this.#partStart = atS
      this.#pictures.push(rawVideoHeader({ width, height, pixels: 'rgba' }))
    }
    const timeUs = Math.round((atS - this.#partStart) * 1e6)
    const pixels = new Uint8Array(data.buffer)
    this.#pictures.push(rawVideoPictureHeader(timeUs, pixels.length), pixels)
    this.#partEnd = atS + durationS
    this.#bytes += pixels.length
    if (this.#bytes >= partBytes) this.#encodePart()
  }

  async finish(): Promise<void> {
    if (this.#pictures.length > 0) this.#encodePart()
    const { FS } = this.#core
    const list = this.#parts.map(({ name, durationUs }) => `file ${name}\nduration ${durationUs}us\n`)
    FS.writeFile('parts.txt', `ffconcat version 1.0\n${list.join('')}`)
    const name = `joined.${this.#options.format}`
    this.#run(['-f', 'concat', '-i', 'parts.txt', '-c', 'copy', name])
    const file = new FileAppender(this.#file)
    await file.append(FS.readFile(name))
    await file.close()
  }

  #encodePart(): void {
    const { format, quality } = this.#options
    const { FS } = this.#core
    FS.writeFile('pictures.mkv', joined(this.#pictures))
    const name = `part${this.#parts.length}.${format}`
    this.#run([
      ...['-f', 'matroska', '-i', 'pictures.mkv', '-vsync', 'passthrough', '-enc_time_base', '1:1000'],
      ...encoders[format],
      ...['-crf', String(crf[format][quality]), name],
    ])
    FS.unlink('pictures.mkv')
    this.#parts.push({ name, durationUs: Math.round((this.#partEnd - this.#partStart) * 1e6) })
    this.#pictures = []
    this.#bytes = 0
  }

  /** @throws CoverslipError INTERNAL with ffmpeg's last words */
  #run(args: readonly string[]): void {
    this.#core.reset()
    const code = this.#core.exec('-hide_banner', '-loglevel', 'error', ...args)
    if (code === 0) return
    throw new CoverslipError('INTERNAL', `ffmpeg could not make the video: ${this.#words.join(' / ')}`, {
      hint: 'Try smaller pictures, or another format.',
    })
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
