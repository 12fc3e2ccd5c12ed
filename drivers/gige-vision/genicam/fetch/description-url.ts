import { unusableDescription } from '../description-error.ts'

/** Where a device says that its description is (GigE Vision 2.0, section 8.5; register 0x200 and 0x400). */
export type DescriptionUrl =
  /** In its own memory. */
  | { readonly kind: 'local'; readonly fileName: string; readonly address: bigint; readonly length: number }
  /** In a file of this computer, installed by the maker's software. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: URL }

const schemaVersion = /\?SchemaVersion=[\d.]*$/i

/**
 * Reads the content of a URL register: `Local:name.zip;1a00;3f0` (address and length in hexadecimal), `File:///path`,
 * `http://host/path`; with slashes after `Local:` or without, and with or without `?SchemaVersion=…`.
 * @throws DEVICE_FAILED for anything else, also files of other computers (`File:////host/share`): opening one would hand
 *   this user's credentials to whatever host the camera names.
 */
export function parseDescriptionUrl(register: string): DescriptionUrl {
  const text = (register.split('\0')[0] ?? '').trim().replace(schemaVersion, '')
  const [, fileName = '', address, length] =
    /^local:\/*([^;]*);\s*(?:0x)?([0-9a-f]{1,16})\s*;\s*(?:0x)?([0-9a-f]{1,8})\s*$/i.exec(text) ?? []
  if (address !== undefined && length !== undefined) {
    return { kind: 'local', fileName, address: BigInt(`0x${address}`), length: Number.parseInt(length, 16) }
  }
  const [, path] = /^file:(?:\/\/)?(.+)$/i.exec(text) ?? []
  if (path !== undefined) return { kind: 'file', path: filePath(path, text) }
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return { kind: 'http', url: new URL(text) }
  throw unusableDescription(
    `the camera says that it is at "${text.slice(0, 100)}", which is no known kind of place`,
  )
}

/** `/C|dir/name.xml` and `/C:/dir/name.xml` are Windows paths, `%20` is a space. */
function filePath(path: string, text: string): string {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch (error) {
    throw unusableDescription(`"${text.slice(0, 100)}" is no valid address of a file`, error)
  }
  const [, drive, rest] = /^\/?([a-z])[|:](.*)$/i.exec(decoded) ?? []
  if (drive !== undefined) return `${drive}:${rest}`
  if (/^\/(?![\\/])/.test(decoded)) return decoded
  throw unusableDescription(
    `the camera says that it is in "${text.slice(0, 100)}", which is no file of this computer`,
  )
}
