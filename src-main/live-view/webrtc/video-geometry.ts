import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { centredCrop, type Region } from '../../../src-shared/kernels/crop.ts'
import type { WebrtcParams } from '../../../src-shared/stream-params.ts'

/** What of a camera frame becomes video, and of what size. */
export type VideoGeometry = {
  /** The part that is shown, camera pixels. */
  readonly region: Region
  /** Bayer pixels of each colour that become one before all else, per axis: 1 where none are, or the image has no mosaic. */
  readonly bin: number
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
  const bin = pixelLayout(pixelFormat).kind === 'bayer' ? binOf(cut, maxWidth) : 1
  const whole = bin === 1 ? cut : wholeBlocks(cut, 2 * bin)
  const binned = { width: whole.width / bin, height: whole.height / bin }
  const reduced = binned.width > maxWidth
  const width = reduced ? even(maxWidth) : even(binned.width)
  const height = reduced ? reducedHeight(binned, width) : even(binned.height)
  if (height > maxHeight) {
    throw new CoverslipError('TOO_LARGE', `Video cannot be ${height} pixels high`, {
      hint: 'Choose a smaller crop or a smaller largest width.',
    })
  }
  const region = reduced ? whole : { ...whole, width: width * bin, height: height * bin }
  return { region, bin, width, height }
}

/** The height at the same aspect: even, and less than before, as the kernel that reduces asks for. */
function reducedHeight(from: { readonly width: number; readonly height: number }, width: number): number {
  const height = 2 * Math.round((from.height * width) / from.width / 2)
  return Math.max(2, Math.min(height, even(from.height - 1)))
}

/** As many as leave more pixels than are sent, and at least one block. */
function binOf({ width, height }: Region, maxWidth: number): number {
  return Math.max(1, Math.min(Math.floor(width / maxWidth), Math.floor(height / 2)))
}

/** `region` without the pixels at its right and lower edge that do not make a whole block. */
function wholeBlocks(region: Region, side: number): Region {
  const whole = (length: number) => length - (length % side)
  return { ...region, width: whole(region.width), height: whole(region.height) }
}

const even = (length: number): number => length - (length % 2)
