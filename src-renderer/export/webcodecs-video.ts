/** MP4 and WebM by the browser's own encoder. */
import {
  canEncodeVideo,
  CanvasSource,
  Mp4OutputFormat,
  Output,
  type Quality,
  QUALITY_HIGH,
  QUALITY_MEDIUM,
  QUALITY_VERY_HIGH,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny'
import type { ExportChoices } from './export-choices.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'

export type VideoFormat = Extract<ExportChoices['format'], 'mp4' | 'webm'>

const codecs = { mp4: 'avc', webm: 'vp9' } as const
const qualities: Readonly<Record<ExportChoices['quality'], Quality>> = {
  best: QUALITY_VERY_HIGH,
  good: QUALITY_HIGH,
  small: QUALITY_MEDIUM,
}

type VideoOptions = Pick<ExportChoices, 'quality'> & { readonly format: VideoFormat }

/** Whether this browser encodes such videos. */
export function encodesVideo(
  { format, quality }: VideoOptions,
  { width, height }: OffscreenCanvas,
): Promise<boolean> {
  return canEncodeVideo(codecs[format], { width, height, quality: qualities[quality] })
}

export class WebCodecsVideo implements PictureSink {
  readonly #output: Output
  readonly #source: CanvasSource

  private constructor(output: Output, source: CanvasSource) {
    this.#output = output
    this.#source = source
  }

  static async open(
    canvas: OffscreenCanvas,
    file: ExportFile,
    { format, quality }: VideoOptions,
  ): Promise<WebCodecsVideo> {
    const output = new Output({
      // Its index at the end: players that want it first are those of web pages.
      format: format === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat(),
      target: new StreamTarget(file.stream, { chunked: true, chunkSize: 2 ** 20 }),
    })
    const source = new CanvasSource(canvas, {
      codec: codecs[format],
      quality: qualities[quality],
      keyFrameInterval: 1,
    })
    output.addVideoTrack(source)
    await output.start()
    return new WebCodecsVideo(output, source)
  }

  add({ atS, durationS }: DrawnPicture): Promise<void> {
    return this.#source.add(atS, durationS)
  }

  finish(): Promise<void> {
    return this.#output.finalize()
  }
}
