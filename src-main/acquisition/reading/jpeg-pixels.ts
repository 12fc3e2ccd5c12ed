import jpegTurbo from '@julusian/jpeg-turbo'
import type { JpegFrame } from './jpeg-markers.ts'

/**
 * Pixels of JPEG data whose header says `frame`: rows from top to bottom, interleaved RGB where `color`, else grey.
 * @throws Error that completes "… cannot be read: "
 */
export async function jpegPixels(
  bytes: Buffer,
  { width, height }: Pick<JpegFrame, 'width' | 'height'>,
  color: boolean,
): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * (color ? 3 : 1))
  try {
    await jpegTurbo.decompress(bytes, pixels, {
      format: color ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY,
    })
  } catch (cause) {
    // The decoder's own message is "No error", whatever is wrong.
    throw new Error('its JPEG data is cut off or damaged', { cause })
  }
  return pixels
}
