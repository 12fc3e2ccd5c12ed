import type { SnapFormat } from '../../src-shared/capture.ts'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { DeviceSettings } from './device-settings.ts'
import { longestJpegComment, withJpegComment } from './jpeg-comment.ts'
import { pngFile } from './png-writer.ts'
import type { TakenFrame } from './take-frame.ts'
import { tiffHeader } from './tiff-writer.ts'

/** Endings of the files of single images. */
export const extensionOf = { tiff: 'tif', png: 'png', jpeg: 'jpg' } as const satisfies Record<
  SnapFormat,
  string
>

/** Makes a JPEG file of a frame, as the live view shows it. */
export type JpegOf = (frame: TakenFrame) => Promise<Uint8Array>

/** What is known of the microscope when a frame was taken. */
export type Circumstances = {
  readonly settings: DeviceSettings
  /** Of the sensor. */
  readonly temperatureC: number | undefined
}

type Options = {
  readonly format: SnapFormat
  readonly software: string
  readonly circumstances: Circumstances
  readonly jpegOf: JpegOf
}

/** The file's bytes, in parts. */
export async function imageFile(frame: TakenFrame, options: Options): Promise<readonly Uint8Array[]> {
  const { pixels, info } = frame
  const { width, height, pixelSizeUm } = info
  const { channels, bytesPerSample } = pixelLayout(info.pixelFormat)
  const bitsPerSample = bytesPerSample === 1 ? 8 : 16
  const metadata = escaped(JSON.stringify(frameMetadata(frame, options)))
  switch (options.format) {
    case 'tiff': {
      const header = tiffHeader({
        width,
        height,
        channels,
        bitsPerSample,
        pixelSizeUm,
        description: imagejDescription({ metadata, calibrated: pixelSizeUm !== undefined }),
        software: options.software,
        takenAt: new Date(frame.capturedAt),
      })
      return [header, pixels]
    }
    case 'png': {
      const text = { Software: options.software, Coverslip: metadata }
      return [await pngFile({ width, height, channels, bitsPerSample, pixels, text })]
    }
    case 'jpeg':
      return withJpegComment(await options.jpegOf(frame), jpegComment(metadata, frame, options))
  }
}

/** Without the settings where all of it would be too long. */
function jpegComment(metadata: string, frame: TakenFrame, options: Options): string {
  if (metadata.length <= longestJpegComment) return metadata
  const circumstances = { ...options.circumstances, settings: {} }
  return escaped(JSON.stringify(frameMetadata(frame, { ...options, circumstances })))
}

/** What is known of the frame, as plain data. */
function frameMetadata(
  { detectorName, info, capturedAt }: TakenFrame,
  { software, circumstances }: Pick<Options, 'software' | 'circumstances'>,
) {
  return {
    software,
    detector: detectorName,
    capturedAt: new Date(capturedAt).toISOString(),
    sequence: info.sequence,
    timestampNs: String(info.timestampNs),
    hostTimeNs: String(info.hostTimeNs),
    pixelFormat: info.pixelFormat,
    significantBits: info.significantBits,
    exposureMs: info.exposureMs,
    gain: info.gain,
    pixelSizeUm: info.pixelSizeUm,
    stageUm: info.stage,
    channel: info.channel,
    temperatureC: circumstances.temperatureC,
    settings: circumstances.settings,
  }
}

/** Lines `key=value` as ImageJ writes and reads them; ours is one of them, as JSON. */
function imagejDescription(options: { readonly metadata: string; readonly calibrated: boolean }): string {
  const unit = options.calibrated ? ['unit=micron'] : []
  return ['ImageJ=1.54f', 'images=1', ...unit, `coverslip=${options.metadata}`, ''].join('\n')
}

/** JSON in ASCII. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
