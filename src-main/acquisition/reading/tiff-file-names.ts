import { CoverslipError } from '../../../src-shared/errors.ts'
import { TiffPages } from './tiff-pages.ts'

const descriptionTag = 270
/** Names stand near the beginning, with the first planes. */
const searchedBytes = 2 ** 20
/** Attributes of `UUID` (of the files with the planes) and of `BinaryOnly` (OME-XML schema 2016-06). */
const nameAttribute = /\b(FileName|MetadataFile)\s*=/

/** Whether a file is a TIFF whose OME-XML names files: itself or others, which find each other by that. */
export async function namesFiles(path: string): Promise<boolean> {
  if (!/\.(tiff?|tf[28]|btf)$/i.test(path)) return false
  let pages: TiffPages | undefined
  try {
    pages = await TiffPages.open(path)
    const directory = await pages.page(0)
    const entry = directory?.entries.get(descriptionTag)
    return nameAttribute.test(await pages.directories.text(entry, searchedBytes))
  } catch (error) {
    // One that cannot be read leads nowhere.
    if (error instanceof CoverslipError) return false
    throw error
  } finally {
    await pages?.close()
  }
}
