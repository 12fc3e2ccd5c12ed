import { open } from 'node:fs/promises'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { unusableDescription } from '../description-error.ts'
import type { RegisterPort } from '../register-port.ts'
import { decodeXml } from './decode-xml.ts'
import type { DescriptionUrl } from './description-url.ts'
import { isZip, unzipFirst } from './unzip.ts'

/** Real descriptions have up to 5 MB, and up to 500 KB packed. */
const maxBytes = 32 * 1024 * 1024
const maxPackedBytes = 16 * 1024 * 1024
const timeoutMs = 15_000

/** Which host may be asked, and until when. */
export type FetchOptions = { readonly cameraAddress: string; readonly signal?: AbortSignal }

/**
 * Gets a device's description from where it says it is, unpacks and decodes it.
 * @param port the device's registers, for `Local` addresses.
 * @param options `cameraAddress`: the device's IPv4 address, the only host that is asked by HTTP, as the camera chooses
 *   what this computer fetches.
 * @throws DEVICE_FAILED when it is not there, too large or damaged; what `port` throws.
 */
export async function fetchDescription(
  url: DescriptionUrl,
  port: RegisterPort,
  options: FetchOptions,
): Promise<string> {
  const bytes = await fetchBytes(url, port, options)
  return decodeXml(isZip(bytes) ? await unzipFirst(bytes, maxBytes) : bytes)
}

async function fetchBytes(
  url: DescriptionUrl,
  port: RegisterPort,
  { cameraAddress, signal }: FetchOptions,
): Promise<Uint8Array> {
  switch (url.kind) {
    case 'local':
      if (url.length === 0) throw unusableDescription('it is empty')
      if (url.length > maxPackedBytes) throw tooLarge(`${url.length} bytes`)
      return port.read(url.address, url.length)
    case 'file':
      return readDescriptionFile(url.path)
    case 'http':
      if (url.url.hostname !== cameraAddress) throw elsewhere(url.url)
      return download(url.url, signal)
  }
}

/** Only files that are named as descriptions are, as the camera chooses the name. */
async function readDescriptionFile(path: string): Promise<Uint8Array> {
  if (!/\.(xml|zip)$/i.test(path)) {
    throw unusableDescription(
      `the camera says that it is in the file "${path}", which is neither .xml nor .zip`,
    )
  }
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    if (size > maxPackedBytes) throw tooLarge(`${size} bytes`)
    return await file.readFile()
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw unusableDescription(
      `the camera says that it is in the file "${path}", which cannot be read here; its maker's software brings it`,
      error,
    )
  }
}

async function download(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    if (!response.ok) throw unusableDescription(`${url.href} answers with status ${response.status}`)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of response.body ?? []) {
      bytes += part.length
      if (bytes > maxPackedBytes) throw tooLarge(`more than ${maxPackedBytes} bytes`)
      parts.push(part)
    }
    return Buffer.concat(parts)
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw unusableDescription(`it cannot be fetched from ${url.href}`, error)
  }
}

function elsewhere(url: URL) {
  return unusableDescription(
    `the camera says that it is at ${url.host}, and only the camera itself is asked for it`,
  )
}

function tooLarge(size: string) {
  return unusableDescription(`it has ${size}, more than the ${maxPackedBytes} that are allowed`)
}
