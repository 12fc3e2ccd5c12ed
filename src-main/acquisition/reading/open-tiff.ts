/** TIFF files as they are, of whatever program: OME-TIFF, ImageJ's stacks, and pages one after the other. */
import type { OpenDatasets } from './dataset-reader.ts'
import { type OmeDescription, OmeXmlReader } from './ome-description.ts'
import { omeTiffDatasets } from './ome-tiff.ts'
import { plainTiffDatasets } from './plain-tiff.ts'
import { imageOfPage } from './tiff-dataset.ts'
import type { TiffDirectory } from './tiff-directory.ts'
import { TiffPages } from './tiff-pages.ts'
import { unreadable } from './unreadable.ts'

const descriptionTag = 270
/** Of ours, with the settings of all devices. */
const longestText = 256 * 1024
/** Of the XML of others. */
const shownText = 16 * 1024
/** With a line for each of 500 000 planes, ours have 150 MB. */
const longestXml = 512 * 2 ** 20
const chunkBytes = 2 ** 20

export const openTiff: OpenDatasets = async (path) => {
  const pages = await TiffPages.open(path)
  try {
    const directory = await pages.page(0)
    if (directory === undefined) throw unreadable(path, 'it is cut off before its first image')
    const description = await pages.directories.text(directory.entries.get(descriptionTag), longestText)
    if (/^\s*(<\?xml[^>]*\?>\s*)?(<!--[^]*?-->\s*)?<(\w+:)?OME[\s>]/.test(description)) {
      const ome = await readOmeXml(pages, directory)
      const datasets = ome && (await omeTiffDatasets(path, ome, description.slice(0, shownText)))
      if (datasets !== undefined) return datasets
    }
    const first = await imageOfPage(pages, 0)
    if (first === undefined) throw unreadable(path, 'it is cut off before its first image')
    return await plainTiffDatasets({ path, pages, description, first })
  } finally {
    await pages.close()
  }
}

/** Undefined when it is damaged or cut off: the pages can still be shown. */
async function readOmeXml(pages: TiffPages, directory: TiffDirectory): Promise<OmeDescription | undefined> {
  const { directories } = pages
  const entry = directory.entries.get(descriptionTag)
  const place = entry && directories.textPlace(entry)
  if (place === undefined || place.length > longestXml) return undefined
  const reader = new OmeXmlReader()
  const decoder = new TextDecoder('utf-8')
  try {
    for (let done = 0; done < place.length; done += chunkBytes) {
      const chunk = await directories.file.read(place.at + done, Math.min(chunkBytes, place.length - done))
      const end = chunk.indexOf(0)
      reader.write(decoder.decode(end === -1 ? chunk : chunk.subarray(0, end), { stream: end === -1 }))
      if (end !== -1) break
    }
    return reader.end()
  } catch (error) {
    // What saxes and the reader say of the text; reading the file fails with a CoverslipError, which is told.
    if (error instanceof Error && error.name !== 'CoverslipError') return undefined
    throw error
  }
}
