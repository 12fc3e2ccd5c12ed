import type { SnapFormat } from '../../src-shared/capture.ts'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import { pngFile } from './png-writer.ts'
import type { TakenFrame } from './take-frame.ts'
import { tiffHeader } from './tiff-writer.ts'

export const extensionOf = { tiff: 'tif', png: 'png', jpeg: 'jpg' } as const satisfies Record<
  SnapFormat,
  string
>

/** Makes a JPEG file of a frame, as the live view shows it. */
export type JpegOf = (frame: TakenFrame) => Promise<Uint8Array>

/** The file's bytes, in parts. */
export async function imageFile(
  frame: TakenFrame,
  options: { readonly format: SnapFormat; readonly software: string; readonly jpegOf: JpegOf },
): Promise<readonly Uint8Array[]> {
  const { pixels, info } = frame
  const { width, height, pixelSizeUm } = info
  const { channels, bytesPerSample } = pixelLayout(info.pixelFormat)
  const bitsPerSample = bytesPerSample === 1 ? 8 : 16
  const metadata = JSON.stringify(frameMetadata(frame))
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
      const text = { Software: options.software, Coverslip: escaped(metadata) }
      return [await pngFile({ width, height, channels, bitsPerSample, pixels, text })]
    }
    case 'jpeg':
      return [await options.jpegOf(frame)]
  }
}

/** What is known of the frame, as plain data. */
function frameMetadata({ detectorName, info, capturedAt }: TakenFrame) {
  return {
    detector: detectorName,
    capturedAt: new Date(capturedAt).toISOString(),
    sequence: info.sequence,
    pixelFormat: info.pixelFormat,
    significantBits: info.significantBits,
    exposureMs: info.exposureMs,
    gain: info.gain,
    pixelSizeUm: info.pixelSizeUm,
    stageUm: info.stage,
    channel: info.channel,
  }
}

/** Lines `key=value` as ImageJ writes and reads them; ours is one of them, as JSON. */
function imagejDescription(options: { readonly metadata: string; readonly calibrated: boolean }): string {
  const unit = options.calibrated ? ['unit=micron'] : []
  return ['ImageJ=1.54f', 'images=1', ...unit, `coverslip=${escaped(options.metadata)}`, ''].join('\n')
}

/** JSON in ASCII. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
