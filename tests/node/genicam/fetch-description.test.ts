import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { decodeXml } from '../../../drivers/gige-vision/genicam/fetch/decode-xml.ts'
import { parseDescriptionUrl } from '../../../drivers/gige-vision/genicam/fetch/description-url.ts'
import { fetchDescription } from '../../../drivers/gige-vision/genicam/fetch/fetch-description.ts'
import { unzipFirst } from '../../../drivers/gige-vision/genicam/fetch/unzip.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { RegisterMemory } from '../../fixtures/genicam/register-memory.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const xml = '<RegisterDescription ModelName="µ"/>'
/** The camera is this computer. */
const own = { cameraAddress: '127.0.0.1' }
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

describe('URL registers', () => {
  test.each([
    'Local:fake.xml;10000;a1b',
    'local:///fake.xml;0x10000;0xA1B',
    'Local:fake.xml; 10000;a1b?SchemaVersion=1.1.0\0\0garbage',
  ])('%s', (text) => {
    expect(parseDescriptionUrl(text)).toEqual({
      kind: 'local',
      fileName: 'fake.xml',
      address: 0x10000n,
      length: 0xa1b,
    })
  })

  test('files and servers', () => {
    expect(parseDescriptionUrl('File:///C|program%20files/aceme/one.xml')).toEqual({
      kind: 'file',
      path: 'C:program files/aceme/one.xml',
    })
    expect(parseDescriptionUrl('File:///opt/one.xml?SchemaVersion=1.0.0')).toEqual({
      kind: 'file',
      path: '/opt/one.xml',
    })
    expect(parseDescriptionUrl('http://10.0.0.1/one.zip')).toMatchObject({ kind: 'http' })
  })

  test('anything else is refused', () => {
    for (const text of [
      '',
      'Local:x.xml;10',
      'Local:x.xml;zz;10',
      'ftp://host/x',
      'javascript:1',
      'File:///%E0%A4%A',
      'File:////host/share/one.xml',
      'File:///%2Fhost/share/one.xml',
      'File:///\\host\\share\\one.xml',
      'File:\\\\host\\share\\one.xml',
      'File://host/one.xml',
    ]) {
      expect(() => parseDescriptionUrl(text)).toThrow(CoverslipError)
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseDescriptionUrl(text)
        } catch (error) {
          expect(error).toBeInstanceOf(CoverslipError)
        }
      }),
    )
  })
})

describe('fetching', () => {
  test('from the memory of the device, plain and zipped', async () => {
    const memory = new RegisterMemory()
    const archive = zipOf(Buffer.from(xml), { deflated: true })
    memory.bytes.set(Buffer.from(`${xml}\0\0\0`), 0x100)
    memory.bytes.set(archive, 0x400)
    const plain = parseDescriptionUrl(`Local:a.xml;100;${(Buffer.byteLength(xml) + 3).toString(16)}`)
    const zipped = parseDescriptionUrl(`Local:a.zip;400;${archive.length.toString(16)}`)
    expect(await fetchDescription(plain, memory, own)).toBe(xml)
    expect(await fetchDescription(zipped, memory, own)).toBe(xml)
    await expect(
      fetchDescription(parseDescriptionUrl('Local:a.xml;0;ffffffff'), memory, own),
    ).rejects.toThrow('more than')
    await expect(fetchDescription(parseDescriptionUrl('Local:a.xml;0;0'), memory, own)).rejects.toThrow(
      'empty',
    )
  })

  test('from a file that is named as a description', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'genicam-'))
    closers.push(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'one.xml'), xml)
    await writeFile(join(folder, 'secret'), 'secret')
    const memory = new RegisterMemory()
    const at = (name: string) => parseDescriptionUrl(`File://${join(folder, name)}`)
    expect(await fetchDescription(at('one.xml'), memory, own)).toBe(xml)
    await expect(fetchDescription(at('secret'), memory, own)).rejects.toThrow('neither .xml nor .zip')
    await expect(fetchDescription(at('two.xml'), memory, own)).rejects.toThrow('cannot be read here')
  })

  test('from a server, without redirections and within limits', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/one.xml') response.end(xml)
      else if (request.url === '/away.xml') response.writeHead(302, { location: '/one.xml' }).end()
      else if (request.url === '/huge.xml') endless(() => response.write(Buffer.alloc(1 << 20)), response)
      else response.writeHead(404).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(() => closed(server))
    const memory = new RegisterMemory()
    const at = (name: string) => parseDescriptionUrl(`http://127.0.0.1:${portOf(server)}/${name}`)
    expect(await fetchDescription(at('one.xml'), memory, own)).toBe(xml)
    await expect(fetchDescription(at('away.xml'), memory, own)).rejects.toThrow('cannot be fetched')
    await expect(fetchDescription(at('none.xml'), memory, own)).rejects.toThrow('status 404')
    await expect(fetchDescription(at('huge.xml'), memory, own)).rejects.toThrow('more than')
    const other = { cameraAddress: '192.168.7.7' }
    await expect(fetchDescription(at('one.xml'), memory, other)).rejects.toThrow('only the camera itself')
    const cancelled = fetchDescription(at('one.xml'), memory, { ...own, signal: AbortSignal.abort() })
    await expect(cancelled).rejects.toThrow('cannot be fetched')
  })
})

describe('ZIP archives', () => {
  test('stored and deflated ones are unpacked, also with a comment behind', async () => {
    for (const deflated of [true, false]) {
      const archive = zipOf(Buffer.from(xml), { deflated, comment: 'made by a camera' })
      expect(Buffer.from(await unzipFirst(archive, 1000)).toString()).toBe(xml)
    }
  })

  test('a bomb is not unpacked further than it says, nor further than is allowed', async () => {
    const zeros = Buffer.alloc(1 << 20)
    await expect(unzipFirst(zipOf(zeros, { deflated: true }), 1000)).rejects.toThrow(
      '1048576 bytes when unpacked',
    )
    await expect(unzipFirst(zipOf(zeros, { deflated: true, claimedBytes: 10 }), 1000)).rejects.toThrow(
      'damaged',
    )
  })

  test('other methods, encryption and wrong checksums are told', async () => {
    const archive = () => zipOf(Buffer.from(xml), { deflated: true })
    const changed = (at: number, value: number) => {
      const bytes = archive()
      const directory = bytes.readUInt32LE(bytes.length - 22 + 16)
      bytes[directory + at] = value
      return bytes
    }
    await expect(unzipFirst(changed(10, 12), 1000)).rejects.toThrow('method 12')
    await expect(unzipFirst(changed(8, 1), 1000)).rejects.toThrow('encrypted')
    await expect(unzipFirst(changed(16, 0x77), 1000)).rejects.toThrow('checksum')
  })

  test('any damage ends in the content or a clear error', async () => {
    const archive = zipOf(Buffer.from(xml), { deflated: true })
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: archive.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: archive.length }),
        async (at, value, end) => {
          const damaged = Buffer.from(archive)
          damaged[at] = value
          for (const bytes of [damaged, damaged.subarray(0, end)]) {
            try {
              expect(Buffer.from(await unzipFirst(bytes, 1000)).toString()).toBe(xml)
            } catch (error) {
              expect(error).toBeInstanceOf(CoverslipError)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('encodings: what is declared, UTF-8 where nothing is or nothing known', () => {
  expect(decodeXml(Buffer.from('\ufeff<a>µ</a>'))).toBe('<a>µ</a>')
  expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>µ</a>', 'latin1'))).toContain(
    '<a>µ</a>',
  )
  expect(decodeXml(Buffer.from('\ufeff<a>µ</a>', 'utf16le'))).toBe('<a>µ</a>')
  expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="klingon"?><a>µ</a>'))).toContain('<a>µ</a>')
})

function zipOf(
  content: Uint8Array,
  options: { readonly deflated: boolean; readonly comment?: string; readonly claimedBytes?: number },
): Buffer {
  const packed = options.deflated ? deflateRawSync(content) : content
  const name = Buffer.from('camera.xml')
  const bytes = options.claimedBytes ?? content.length
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(options.deflated ? 8 : 0, 4)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(packed.length, 14)
  common.writeUInt32LE(bytes, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, Buffer.alloc(14), name])
  const comment = Buffer.from(options.comment ?? '')
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([local, central, end, comment])
}

function endless(write: () => boolean, response: NodeJS.EventEmitter): void {
  const more = () => {
    while (write()) {
      // Until the reader has enough of it.
    }
  }
  response.on('drain', more)
  more()
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen')
  return address.port
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
