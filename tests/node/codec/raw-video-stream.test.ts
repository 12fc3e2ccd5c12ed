import { describe, expect, it } from 'vitest'
import { rawVideoHeader, rawVideoPictureHeader } from '../../../src-shared/raw-video-stream.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

type Element = { readonly id: number; readonly content: Buffer }

/** Elements of EBML one after the other (RFC 8794, section 5); one of unknown size lasts to the end. */
function elementsOf(bytes: Buffer): Element[] {
  const elements: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const idLength = Math.clz32((bytes[at] ?? 0) << 24) + 1
    const id = Number(`0x${bytes.subarray(at, at + idLength).toString('hex')}`)
    at += idLength
    const sizeLength = Math.clz32((bytes[at] ?? 0) << 24) + 1
    const marked = BigInt(`0x${bytes.subarray(at, at + sizeLength).toString('hex')}`)
    const most = (1n << BigInt(7 * sizeLength)) - 1n
    const size = marked & most
    at += sizeLength
    const end = size === most ? bytes.length : at + Number(size)
    if (end > bytes.length) throw new Error(`Element ${id.toString(16)} ends beyond the stream`)
    elements.push({ id, content: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

const within = (bytes: Buffer, ...path: readonly number[]): Buffer =>
  path.reduce((content, wanted) => {
    const found = elementsOf(content).find(({ id }) => id === wanted)
    if (found === undefined) throw new Error(`No element ${wanted.toString(16)}`)
    return found.content
  }, bytes)
const number = (content: Buffer) => Number(`0x${content.toString('hex')}`)

describe('Raw video stream', () => {
  it('says what the pictures are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65_535 }),
        fc.integer({ min: 1, max: 65_535 }),
        (width, height) => {
          const header = Buffer.from(rawVideoHeader({ width, height, pixels: 'gray16' }))
          expect(within(header, 0x1a45dfa3, 0x4282).toString()).toBe('matroska')
          const track = within(header, 0x18538067, 0x1654ae6b, 0xae)
          expect(within(track, 0x86).toString()).toBe('V_UNCOMPRESSED')
          expect(number(within(track, 0xe0, 0xb0))).toBe(width)
          expect(number(within(track, 0xe0, 0xba))).toBe(height)
          expect(within(track, 0xe0, 0x2eb524).toString('latin1')).toBe('Y1\0\x10')
        },
      ),
    )
  })

  it('carries texts about the whole', () => {
    const tags = { SYNOPSIS: '{"plan": "Zelle é"}' }
    const header = Buffer.from(rawVideoHeader({ width: 2, height: 2, pixels: 'gray8', tags }))
    const tag = within(header, 0x18538067, 0x1254c367, 0x7373)
    expect(within(tag, 0x63c0)).toHaveLength(0)
    expect(within(tag, 0x67c8, 0x45a3).toString()).toBe('SYNOPSIS')
    expect(within(tag, 0x67c8, 0x4487).toString()).toBe(tags.SYNOPSIS)
  })

  it('gives each picture its time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 50 }),
        fc.uint8Array({ maxLength: 300 }),
        (timeUs, pixels) => {
          const stream = Buffer.concat([rawVideoPictureHeader(timeUs, pixels.length), pixels])
          const [cluster, ...others] = elementsOf(stream)
          expect(others).toEqual([])
          expect(cluster?.id).toBe(0x1f43b675)
          const content = cluster?.content ?? Buffer.alloc(0)
          expect(number(within(content, 0xe7))).toBe(timeUs)
          // Track 1, no time of its own, a key frame.
          expect(within(content, 0xa3)).toEqual(Buffer.concat([Buffer.from([0x81, 0, 0, 0x80]), pixels]))
        },
      ),
    )
  })
})
