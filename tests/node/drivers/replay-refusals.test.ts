/** What the replay does not play is refused, naming file and remedy. */
import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { pngBytes, randomPixels, type TiffSpec, tiffBytes, writePng } from '../../fixtures/image-fixtures.ts'
import {
  at,
  expectRefusal,
  openCamera,
  refusal,
  replayFolder,
  replayInEachTest,
} from '../../fixtures/replayed.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

replayInEachTest()

describe('bad input is refused, naming the file and the remedy', () => {
  const [width, height] = [16, 16]
  const png = (seed: number, w = width) =>
    pngBytes({ width: w, height, channels: 1, pixels: randomPixels(w * height, 8, seed) })
  const tiff = (spec: Partial<TiffSpec> = {}) =>
    tiffBytes({
      width,
      height,
      pages: [randomPixels(width * height, 16, 1), randomPixels(width * height, 16, 2)],
      ...spec,
    })

  test('no address, a missing folder, an empty one, one without images', async () => {
    await expectRefusal(' ', /No folder or image/)
    await expectRefusal(at('missing'), /no folder or image ".*missing"/)
    await expectRefusal(replayFolder(), /holds no files/)
    await writeFile(at('readme.txt'), 'x')
    await expectRefusal(replayFolder(), /No file in .* \("readme.txt", for example\)/)
    await expectRefusal(at('readme.txt'), /"\S+readme.txt" is neither a PNG nor a TIFF/)
  })

  test('an empty file, garbage, a PNG cut short anywhere', async () => {
    await writeFile(at('a.png'), '')
    await expectRefusal(at('a.png'), /"\S+a.png" is corrupt or truncated: the file is empty/)
    await writeFile(at('a.png'), randomPixels(500, 8, 1))
    await expectRefusal(replayFolder(), /"\S+a.png" is neither a PNG/)
    const whole = png(1)
    for (const length of [8, 20, 33, 40, whole.length >> 1, whole.length - 13]) {
      await writeFile(at('a.png'), whole.subarray(0, length))
      await expectRefusal(replayFolder(), /"\S+a.png" is corrupt or truncated/)
    }
  })

  test('a PNG cut short among good ones', async () => {
    await writeFile(at('a.png'), png(1))
    await writeFile(at('b.png'), png(2).subarray(0, 100))
    await writeFile(at('c.png'), png(3))
    await expectRefusal(replayFolder(), /"\S+b.png" is corrupt or truncated/)
  })

  test('bytes after a PNG are no fault', async () => {
    await writeFile(at('a.png'), Buffer.concat([png(1), Buffer.from('appended')]))
    await expect(openCamera(replayFolder())).resolves.toBeDefined()
  })

  test('a PNG with a flipped bit', async () => {
    const bytes = Buffer.from(png(1))
    const middle = bytes.length >> 1
    bytes[middle] = (bytes[middle] ?? 0) ^ 4
    await writeFile(at('a.png'), bytes)
    await expectRefusal(replayFolder(), /"\S+a.png" is corrupt or truncated/)
  })

  test('a TIFF cut short anywhere is refused, never played in part or with blanks', async () => {
    for (const spec of [{}, { bigTiff: true, bigEndian: true, compression: 'deflate' }] as const) {
      const whole = tiff({
        width: 4,
        height: 4,
        pages: [randomPixels(16, 16, 1), randomPixels(16, 16, 2)],
        ...spec,
      })
      for (let length = 1; length < whole.length; length += length < whole.length - 30 ? 3 : 1) {
        await writeFile(at('a.tif'), whole.subarray(0, length))
        await expectRefusal(at('a.tif'), /"\S+a.tif"/)
      }
    }
  })

  test('a TIFF whose directories run in a circle', async () => {
    const bytes = tiff()
    const first = bytes.readUInt32LE(4)
    const link = first + 2 + 12 * bytes.readUInt16LE(first)
    bytes.writeUInt32LE(first, bytes.readUInt32LE(link) + 2 + 12 * bytes.readUInt16LE(first))
    await writeFile(at('a.tif'), bytes)
    await expectRefusal(at('a.tif'), /runs in a circle/)
  })

  test('garbage behind a TIFF signature never does worse than a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, damaged) => {
        const whole = tiff()
        // Either garbage all over, or a few bytes of a good file overwritten.
        const file = damaged ? Buffer.from(whole) : Buffer.concat([Buffer.from('II*\0'), bytes])
        if (damaged) for (const [i, byte] of bytes.entries()) file[(i * 7919 + byte) % 300] = byte
        await writeFile(at('a.tif'), file)
        const camera = await openCamera(at('a.tif')).catch((error: unknown) => error)
        if (camera instanceof CoverslipError) expect(camera.code).toBe('REPLAY_SOURCE')
        else expect(camera).not.toBeInstanceOf(Error)
      }),
      { numRuns: 100, seed: 7 },
    )
  })

  test('images of differing size name both files and sizes', async () => {
    await writeFile(at('a.png'), png(1))
    await writeFile(at('b.png'), png(2, 17))
    await expectRefusal(replayFolder(), /differ in size: "\S+a.png" is 16 x 16, "\S+b.png" is 17 x 16/)
  })

  test('images of differing format name both', async () => {
    await writeFile(at('a.png'), png(1))
    await writeFile(at('b.tif'), tiff())
    await expectRefusal(
      replayFolder(),
      /differ in format: "\S+a.png" is 8-bit grey, "\S+b.tif", page 1 is 16-bit grey/,
    )
    await writeFile(at('b.tif'), tiff({ samples: 3, pages: [randomPixels(width * height * 3, 8, 3)] }))
    await expectRefusal(
      replayFolder(),
      /differ in format: "\S+b.tif" is 8-bit colour, "\S+a.png" is 8-bit grey/,
    )
  })

  test.each([
    ['1 bit', { tags: { 258: 1 } }, /1 bit per sample/],
    ['12 bits', { tags: { 258: 12 } }, /12 bits per sample/],
    ['floating point', { tags: { 339: 3 } }, /floating-point/],
    ['JPEG', { tags: { 259: 7 } }, /compression JPEG/],
    ['an unknown compression', { tags: { 259: 4711 } }, /compression scheme 4711/],
    ['CMYK', { tags: { 262: 5 } }, /colour space 5/],
    ['a predictor, big endian', { tags: { 317: 2 }, bigEndian: true }, /predictor/],
  ] as const)('a TIFF with %s', async (_, spec, message) => {
    await writeFile(at('a.tif'), tiff(spec))
    await expectRefusal(at('a.tif'), message)
  })

  test('16-bit colour', async () => {
    const pixels = randomPixels(width * height * 3, 16, 1)
    await writePng(at('a.png'), { width, height, channels: 3, pixels })
    await expectRefusal(replayFolder(), /"\S+a.png" is a 16-bit colour image/)
  })

  test('wrong options are named', async () => {
    await writeFile(at('a.png'), png(1))
    for (const [options, name] of [
      [{ framerate: 5 }, 'framerate'],
      [{ frameRate: 0 }, 'frameRate'],
      [{ frameRate: '25' }, 'frameRate'],
      [{ loop: 1 }, 'loop'],
      [{ pixelSizeUm: -1 }, 'pixelSizeUm'],
    ] as const) {
      const error = await refusal(replayFolder(), options)
      expect(error.code).toBe('INVALID_INPUT')
      expect(error.message).toContain(name)
      expect(error.hint).toContain('frameRate')
    }
  })
})
