import { type FileHandle, open } from 'node:fs/promises'
import { fromFile, type GeoTIFF } from 'geotiff'
import { corruptError } from './replay-error.ts'
import { imageName, type Samples } from './stored-image.ts'
import type { TiffPage } from './tiff-page.ts'

/** Decodes pages of TIFF files, one at a time; keeps the last file open, as pages are mostly read in order. */
export class TiffReader {
  #decoder: { readonly file: string; readonly tiff: GeoTIFF } | undefined
  #raw: { readonly file: string; readonly handle: FileHandle } | undefined

  /** The pixels of `page`. Throws what the file system or the decoder throws. */
  decode(page: TiffPage): Promise<Samples> {
    return page.strips === undefined ? this.#decode(page) : this.#readStrips(page, page.strips)
  }

  async close(): Promise<void> {
    const [decoder, raw] = [this.#decoder, this.#raw]
    this.#decoder = undefined
    this.#raw = undefined
    await raw?.handle.close()
    await decoder?.tiff.close()
  }

  async #readStrips(page: TiffPage, strips: NonNullable<TiffPage['strips']>): Promise<Samples> {
    const handle = await this.#handleOf(page.file)
    const bytes = Buffer.alloc((page.width * page.height * page.samples * page.bits) / 8)
    let filled = 0
    for (const { offset, length } of strips) {
      const { bytesRead } = await handle.read(bytes, filled, length, offset)
      if (bytesRead !== length) {
        throw corruptError(
          imageName(page),
          `${length} bytes were expected at byte ${offset}, ${bytesRead} are there`,
        )
      }
      filled += length
    }
    if (page.bits === 8) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    if (!page.littleEndian) bytes.swap16()
    return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
  }

  async #handleOf(file: string): Promise<FileHandle> {
    if (this.#raw?.file === file) return this.#raw.handle
    await this.#raw?.handle.close()
    this.#raw = undefined
    const handle = await open(file)
    this.#raw = { file, handle }
    return handle
  }

  async #decode(page: TiffPage): Promise<Samples> {
    const image = await (await this.#tiffOf(page.file)).getImage(page.directory)
    const samples = await image.readRasters({ interleave: true })
    const expected = page.width * page.height * page.samples
    if (!(samples instanceof (page.bits === 8 ? Uint8Array : Uint16Array)) || samples.length !== expected) {
      throw corruptError(imageName(page), 'the file has changed since it was opened')
    }
    return samples
  }

  async #tiffOf(file: string): Promise<GeoTIFF> {
    if (this.#decoder?.file === file) return this.#decoder.tiff
    await this.#decoder?.tiff.close()
    this.#decoder = undefined
    const tiff = await fromFile(file)
    this.#decoder = { file, tiff }
    return tiff
  }
}
