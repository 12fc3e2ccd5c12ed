import { CoverslipError } from '../../../src-shared/errors.ts'
import { maxImageBytes } from '../../../src-shared/frames/frame-packet.ts'
import { unreadable } from './unreadable.ts'

/** Largest width and height of a UC2F packet. */
const longestSide = 65_535

/** @throws CoverslipError TOO_LARGE naming the file and its size when a plane does not fit into a packet. */
export function requirePacketSize(
  path: string,
  plane: { readonly width: number; readonly height: number; readonly bytes: number },
): void {
  const { width, height, bytes } = plane
  if (bytes <= maxImageBytes && width <= longestSide && height <= longestSide) return
  const { message } = unreadable(path, `${width} x ${height} pixels are too many for one plane`)
  throw new CoverslipError('TOO_LARGE', message, {
    hint: `A plane has ${longestSide} pixels a side and ${maxImageBytes / 2 ** 20} MB at most. Ask for a smaller copy of it (level), or cut the image into tiles.`,
  })
}
