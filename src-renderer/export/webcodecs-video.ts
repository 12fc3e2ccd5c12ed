/** MP4 and WebM by the browser's own encoder. */
import {
  canEncodeVideo,
  CanvasSource,
  type Output,
  type Quality,
  QUALITY_HIGH,
  QUALITY_MEDIUM,
  QUALITY_VERY_HIGH,
} from 'mediabunny'
import type { ExportChoices } from './export-choices.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'
import { type VideoOptions, videoOutput } from './video-output.ts'

const codecs = { mp4: 'avc', webm: 'vp9' } as const
const qualities: Readonly<Record<ExportChoices['quality'], Quality>> = {
  best: QUALITY_VERY_HIGH,
  good: QUALITY_HIGH,
  small: QUALITY_MEDIUM,
}

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
    const output = videoOutput(file, format)
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
