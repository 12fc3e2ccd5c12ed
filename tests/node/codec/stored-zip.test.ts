import { crc32 as crcOfZlib } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src-renderer/export/crc32.ts'
import { StoredZip, storedZipBytes } from '../../../src-shared/stored-zip.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const changedAt = new Date(2026, 10, 28, 15, 57, 8)

describe('Stored ZIP files', () => {
  it('are as long as was said before, and hold each content behind its header', () => {
    const entry = fc.record({ name: fc.string({ minLength: 1, unit: 'grapheme' }), content: fc.uint8Array() })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const zip = new StoredZip(crcOfZlib)
        const parts = entries.flatMap(({ name, content }) => {
          const header = zip.begin({ name, bytes: content.length, changedAt })
          zip.take(content)
          return [header, content, zip.end()]
        })
        const file = Buffer.concat([...parts, ...zip.finish()])
        expect(file.length).toBe(
          storedZipBytes(entries.map(({ name, content }) => ({ name, bytes: content.length }))),
        )
        const end = file.length - 22
        expect(file.readUInt16LE(end + 10)).toBe(entries.length)
        let at = file.readUInt32LE(end + 16)
        for (const { name, content } of entries) {
          const nameBytes = file.readUInt16LE(at + 28)
          expect(file.toString('utf8', at + 46, at + 46 + nameBytes)).toBe(name.toWellFormed())
          expect(file.readUInt32LE(at + 16)).toBe(crcOfZlib(content))
          const header = file.readUInt32LE(at + 42)
          const from = header + 30 + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28)
          expect(file.subarray(from, from + content.length).equals(content)).toBe(true)
          at += 46 + nameBytes
        }
        expect(at).toBe(end)
      }),
    )
  })

  it('refuse a content of another length', () => {
    const zip = new StoredZip(crcOfZlib)
    zip.begin({ name: 'a', bytes: 3, changedAt })
    zip.take(new Uint8Array(2))
    expect(() => zip.end()).toThrow('a has 2 bytes, not 3')
  })

  it('have the checksums that zlib makes, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        const whole = Buffer.concat(pieces)
        expect(pieces.reduce((crc, piece) => crc32(piece, crc), 0)).toBe(crcOfZlib(whole))
      }),
    )
  })
})
