import { inflateSync } from 'node:zlib'
import { fitsError } from './fits-header.ts'

/**
 * The FITS file that a BLOB is: as it is (`.fits`), or compressed by zlib (`.fits.z`).
 * @throws CoverslipError DEVICE_FAILED when it is something else, or inflates to more than `limit` bytes.
 */
export function fitsFile(format: string, content: Uint8Array, limit: number): Uint8Array {
  switch (format.toLowerCase()) {
    case '.fits':
    case '.fit':
      return content
    case '.fits.z':
    case '.fit.z':
      try {
        return inflateSync(content, { maxOutputLength: limit })
      } catch (error) {
        throw fitsError(
          `its compressed data is damaged: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    default:
      throw fitsError(`it is of the kind ${JSON.stringify(format)}, not .fits or .fits.z`)
  }
}
