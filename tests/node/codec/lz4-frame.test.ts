import { execFileSync, spawnSync } from 'node:child_process'
import { decompress } from 'lz4js'
import { decompressFrameSync } from 'lz4-napi'
import { describe, expect, test } from 'vitest'
import { compressLz4 } from '../../../src-main/frames/lz4-compress.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import {
  lz4FrameBytes,
  maxLz4BlockBytes,
  parseLz4Frame,
  writeLz4Frame,
} from '../../../src-shared/frames/lz4-frame.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

async function frameOf(
  bytes: Uint8Array<ArrayBuffer>,
  planeBytes = bytes.length,
): Promise<Uint8Array<ArrayBuffer>> {
  const blocks = await compressLz4(bytes, planeBytes)
  const frame = new Uint8Array(lz4FrameBytes(blocks))
  writeLz4Frame(frame, blocks)
  return frame
}

/** A noisy plane, which is stored, and one of almost only zeros, which is compressed; each longer than one block. */
function twoPlanes(planeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * planeBytes)
  let state = 1
  for (let i = 0; i < planeBytes; i++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223
    bytes[i] = state >>> 24
    if (i % 1000 === 0) bytes[planeBytes + i] = state >>> 16
  }
  return bytes
}

const planeBytes = maxLz4BlockBytes + 12_345
const image = twoPlanes(planeBytes)
const lz4Missing = spawnSync('lz4', ['--version']).status !== 0
if (lz4Missing) console.log('Skipped: the lz4 program is not installed (Debian package lz4)')

describe('LZ4 frame', () => {
  test('noise is stored, the rest compressed, and planes do not share a block', async () => {
    const blocks = parseLz4Frame(await frameOf(image, planeBytes))
    expect(blocks.map(({ stored }) => stored)).toEqual([true, true, false, false])
    expect(blocks[0]?.bytes.length).toBe(maxLz4BlockBytes)
    expect(blocks[1]?.bytes.length).toBe(12_345)
  })

  test('whether a block is noise is judged by all of it', async () => {
    const noise = image.subarray(0, 1_000_000)
    const endsDark = noise.slice().fill(0, 900_000)
    const beginsNoisy = noise.slice().fill(0, 100_000)
    const [first, second] = [
      parseLz4Frame(await frameOf(endsDark)),
      parseLz4Frame(await frameOf(beginsNoisy)),
    ]
    expect([first[0]?.stored, second[0]?.stored]).toEqual([true, false])
  })

  test('lz4js, lz4-napi and the lz4 program read it', async () => {
    const frame = await frameOf(image, planeBytes)
    const expected = Buffer.from(image)
    expect(expected.equals(decompress(frame))).toBe(true)
    expect(expected.equals(decompressFrameSync(Buffer.from(frame)))).toBe(true)
    if (!lz4Missing) {
      const output = execFileSync('lz4', ['-dc'], {
        input: frame,
        maxBuffer: 2 * image.length,
        stdio: 'pipe',
      })
      expect(expected.equals(output)).toBe(true)
    }
  })

  test('small contents of all sizes, also none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const frame = await frameOf(Uint8Array.from(bytes))
        expect(Buffer.from(decompress(frame))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('a frame that is not ours, or not whole, is refused', async () => {
    const frame = await frameOf(new Uint8Array(1000))
    const refused = (bytes: Uint8Array) => expect(() => parseLz4Frame(bytes)).toThrow(CoverslipError)
    for (let length = 0; length < frame.length; length++) refused(frame.subarray(0, length))
    for (let at = 0; at < 7; at++) refused(frame.with(at, (frame[at] ?? 0) ^ 0x10))
    refused(Uint8Array.from([...frame, 0]))
    refused(frame.with(10, 0x7f))
  })
})
