/** MP4 and WebM by the browser's own encoder. */
import { canEncodeVideo, CanvasSource, type Output, Quality } from 'mediabunny'
import type { ExportChoices } from './export-choices.ts'
import type { ExportFile } from './export-file.ts'
import type { DrawnPicture, PictureSink } from './picture-sink.ts'
import { type VideoFormat, type VideoOptions, videoOutput } from './video-output.ts'

const codecs = { mp4: 'avc', webm: 'vp9' } as const

/**
 * How finely pictures are quantised, where the browser's encoder can be told that; else how many bits each of their
 * pixels may take. Noise, of which camera images are full, takes most of them: where there are too few, everything is
 * blurred, thin outlines and letters first. Pictures with less noise take fewer.
 */
const qualities: Readonly<
  Record<
    VideoFormat,
    Readonly<Record<ExportChoices['quality'], { readonly quantizer: number; readonly bitsPerPixel: number }>>
  >
> = {
  mp4: {
    best: { quantizer: 16, bitsPerPixel: 2.5 },
    good: { quantizer: 22, bitsPerPixel: 1 },
    small: { quantizer: 28, bitsPerPixel: 0.3 },
  },
  webm: {
    best: { quantizer: 32, bitsPerPixel: 2 },
    good: { quantizer: 44, bitsPerPixel: 0.8 },
    small: { quantizer: 52, bitsPerPixel: 0.25 },
  },
}

/** What encoders take for the rate of pictures where they are told none, and share out the bits of a second by. */
const assumedPerSecond = 30
/** What levels 5.1 to 6 of H.264 allow, bits per second: beyond them few players go along. */
const mostBitsPerSecond = 240_000_000

function qualityOf(
  { format, quality, perSecond = assumedPerSecond }: VideoOptions,
  { width, height }: OffscreenCanvas,
): Quality {
  const { quantizer, bitsPerPixel } = qualities[format][quality]
  const bitrate = Math.ceil(bitsPerPixel * width * height * perSecond)
  return new Quality({ quantizer, bitrate: Math.min(mostBitsPerSecond, bitrate) })
}

/** Whether this browser encodes such videos. */
export function encodesVideo(options: VideoOptions, canvas: OffscreenCanvas): Promise<boolean> {
  const { width, height } = canvas
  return canEncodeVideo(codecs[options.format], { width, height, quality: qualityOf(options, canvas) })
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
    options: VideoOptions,
  ): Promise<WebCodecsVideo> {
    const { format, perSecond } = options
    const output = videoOutput(file, format)
    const source = new CanvasSource(canvas, {
      codec: codecs[format],
      quality: qualityOf(options, canvas),
      keyFrameInterval: 1,
    })
    output.addVideoTrack(source, perSecond === undefined ? {} : { frameRate: perSecond })
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
