import { nativeImage, type WebContents } from 'electron'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Gallery } from '../acquisition/gallery/gallery.ts'
import { pngFile } from '../acquisition/png-writer.ts'

const iconSize = 96

/**
 * Lets the user drop an item of the gallery, a file or a folder, on another program; its small picture is under the
 * pointer.
 * @throws CoverslipError UNKNOWN_IMAGE
 */
export async function dragOut(contents: WebContents, gallery: Gallery, id: string): Promise<void> {
  const file = await gallery.path(id)
  const picture = nativeImage.createFromBuffer(await iconOf(gallery, id))
  if (!contents.isDestroyed()) contents.startDrag({ file, icon: picture })
}

/** Of what has no picture, a grey square: Electron drags nothing without one. */
async function iconOf(gallery: Gallery, id: string): Promise<Buffer> {
  try {
    return Buffer.from(await gallery.thumbnail({ id, maxSize: iconSize }))
  } catch (error) {
    if (!(error instanceof CoverslipError)) throw error
    const pixels = new Uint8Array(iconSize * iconSize).fill(128)
    return pngFile({ width: iconSize, height: iconSize, channels: 1, bitsPerSample: 8, pixels })
  }
}
