import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { centredCrop, type Region } from '../../../src-shared/kernels/crop.ts'
import type { WebrtcParams } from '../../../src-shared/stream-params.ts'

/** What of a camera frame becomes video, and of what size. */
export type VideoGeometry = {
  /** The part that is shown, camera pixels. */
  readonly region: Region
  /** Size of the video: even, as its colours have half the resolution. */
  readonly width: number
  readonly height: number
}

/** Highest video that codecs take, pixels. */
const maxHeight = 16_382

/**
 * The centred crop of `params`, reduced to at most `maxWidth` at the same aspect. Without reduction, at most one row
 * and one column are cut off for an even size.
 * @throws CoverslipError INVALID_INPUT for a frame of less than 2 x 2 pixels, TOO_LARGE for one too high.
 */
export function videoGeometry(
  info: Pick<FrameInfo, 'width' | 'height' | 'pixelFormat'>,
  { cropSize, maxWidth }: Pick<WebrtcParams, 'cropSize' | 'maxWidth'>,
): VideoGeometry {
  const { width: frameWidth, height: frameHeight, pixelFormat } = info
  const cut = centredCrop({ width: frameWidth, height: frameHeight, pixelFormat, cropSize })
  if (cut.width < 2 || cut.height < 2) {
    throw new CoverslipError(
      'INVALID_INPUT',
      `Video needs 2 x 2 pixels, and not ${cut.width} x ${cut.height}`,
      {
        hint: 'Choose a larger region of the camera.',
      },
    )
  }
  const reduced = cut.width > maxWidth
  const width = reduced ? even(maxWidth) : even(cut.width)
  const height = reduced
    ? Math.max(2, 2 * Math.round((cut.height * width) / cut.width / 2))
    : even(cut.height)
  if (height > maxHeight) {
    throw new CoverslipError('TOO_LARGE', `Video cannot be ${height} pixels high`, {
      hint: 'Choose a smaller crop or a smaller largest width.',
    })
  }
  return { region: reduced ? cut : { ...cut, width, height }, width, height }
}

const even = (length: number): number => length - (length % 2)
