import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'
import { replayError, unreadableError } from './replay-error.ts'

const imageName = /^[^.].*\.(png|tiff?|tf8|btf)$/i
const naturalOrder = new Intl.Collator('en', { numeric: true })

/** Compares file names as people count: `cell2.tif` before `cell10.tif`. */
export function compareNaturally(a: string, b: string): number {
  return naturalOrder.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

/**
 * The images at `address`, absolute paths: the file itself, or the PNG and TIFF files of a folder in natural order.
 * Subfolders and hidden files are left out.
 * @throws CoverslipError REPLAY_SOURCE when there is nothing there, or no image.
 */
export async function findImageFiles(address: string): Promise<readonly string[]> {
  if (address.trim() === '') {
    throw replayError(
      'No folder or image was given to replay',
      'Give the path of a folder of PNG or TIFF images, of one image or of a TIFF stack.',
    )
  }
  const path = resolve(address)
  try {
    const found = await stat(path)
    if (found.isFile()) return [path]
    if (!found.isDirectory()) {
      throw replayError(`"${path}" is neither a folder nor a file`, 'Give a folder of images, or one image.')
    }
    const entries = await readdir(path, { withFileTypes: true })
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
    const images = names.filter((name) => imageName.test(name)).sort(compareNaturally)
    if (images.length === 0) throw noImagesError(path, names)
    return images.map((name) => join(path, name))
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw unreadableError(path, error)
  }
}

function noImagesError(folder: string, names: readonly string[]) {
  const hint = 'Give a folder that holds PNG or TIFF images itself; subfolders are not searched.'
  const [first] = names
  if (first === undefined) return replayError(`The folder "${folder}" holds no files`, hint)
  return replayError(`No file in "${folder}" is a PNG or TIFF image ("${first}", for example)`, hint)
}
