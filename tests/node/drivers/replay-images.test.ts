/** The replay plays the pixels of image files, whatever their format. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  decodePngPlainly,
  randomPixels,
  type TiffSpec,
  tiffBytes,
  writePng,
  writeTiff,
} from '../../fixtures/image-fixtures.ts'
import {
  at,
  expectPixels,
  openCamera,
  play,
  replayInEachTest,
  step,
  valueOf,
} from '../../fixtures/replayed.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sharedData, type SharedData } from '../../fixtures/shared-data.ts'

replayInEachTest()

describe('real images, pixel by pixel', () => {
  /** The plain decoder is slow: every so many-th image is compared. */
  const everyNth = 5
  let data: SharedData
  beforeAll(async () => {
    data = await sharedData()
  })
  afterAll(() => data.remove())

  test('brightfield: 8-bit grey PNG', async () => {
    const camera = await openCamera(data.brightfield)
    const sink = await step(camera, 50)
    const files = (await readdir(data.brightfield)).sort()
    for (const [i, { info, pixels }] of sink.frames.entries()) {
      expect(info).toMatchObject({
        sequence: i,
        width: 500,
        height: 500,
        pixelFormat: 'Mono8',
        significantBits: 8,
      })
      if (i % everyNth !== 0) continue
      const expected = await decodePngPlainly(join(data.brightfield, files[i] ?? ''))
      expectPixels(pixels, expected.pixels)
    }
  })

  test('diffusion: RGBA PNG in colour is played as RGB8', async () => {
    const camera = await openCamera(data.diffusion, { pixelSizeUm: 1 / 2.85 })
    const sink = await step(camera, 60)
    const files = (await readdir(data.diffusion)).sort()
    for (const [i, { info, pixels }] of sink.frames.entries()) {
      expect(info).toMatchObject({
        sequence: i,
        width: 640,
        height: 424,
        pixelFormat: 'RGB8',
        pixelSizeUm: 1 / 2.85,
      })
      if (i % everyNth !== 0) continue
      const { pixels: rgba } = await decodePngPlainly(join(data.diffusion, files[i] ?? ''))
      expectPixels(
        pixels,
        rgba.filter((_, at) => at % 4 < 3),
      )
    }
  })

  test('nuclei: a 16-bit TIFF plays unchanged, as a file and as a folder', async () => {
    const path = join(data.nuclei, 'nuclei_u16_512.tif')
    const file = await readFile(path)
    const expected = file.subarray(...stripsOf(file))
    for (const address of [path, data.nuclei]) {
      const sink = await play(await openCamera(address), 2)
      for (const { info, pixels } of sink.frames) {
        expect(info).toMatchObject({ width: 512, height: 512, pixelFormat: 'Mono16', significantBits: 16 })
        expectPixels(pixels, expected)
      }
    }
  })

  /** Where the strips of a small-endian TIFF of one page lie, read by hand; they must be contiguous. */
  function stripsOf(file: Buffer): [start: number, end: number] {
    expect(file.toString('latin1', 0, 4)).toBe('II*\0')
    const directory = file.readUInt32LE(4)
    const tags = new Map<number, number[]>()
    for (let i = 0; i < file.readUInt16LE(directory); i++) {
      const entry = directory + 2 + 12 * i
      const bytes = file.readUInt16LE(entry + 2) === 3 ? 2 : 4
      const count = file.readUInt32LE(entry + 4)
      const values = bytes * count <= 4 ? entry + 8 : file.readUInt32LE(entry + 8)
      if (file.readUInt16LE(entry + 2) > 4) continue
      tags.set(
        file.readUInt16LE(entry),
        Array.from({ length: count }, (_, n) =>
          values + bytes * (n + 1) <= file.length ? file.readUIntLE(values + bytes * n, bytes) : 0,
        ),
      )
    }
    const offsets = tags.get(273) ?? []
    const counts = tags.get(279) ?? []
    for (let i = 1; i < offsets.length; i++)
      expect(offsets[i]).toBe((offsets[i - 1] ?? 0) + (counts[i - 1] ?? 0))
    const [start = 0] = offsets
    return [start, start + counts.reduce((sum, count) => sum + count, 0)]
  }
})

describe('formats', () => {
  const [width, height] = [37, 23]
  const pagesOf = (samples: number, bits: 8 | 16, count = 3) =>
    Array.from({ length: count }, (_, page) => randomPixels(width * height * samples, bits, 10 + page))

  const tiffs: readonly (readonly [name: string, spec: Partial<TiffSpec>, bits: 8 | 16])[] = [
    ['8-bit grey', {}, 8],
    ['16-bit grey, big endian, strips of 5 rows', { bigEndian: true, rowsPerStrip: 5 }, 16],
    ['BigTIFF, 16-bit, strips', { bigTiff: true, rowsPerStrip: 4 }, 16],
    ['BigTIFF, big endian, 16-bit', { bigTiff: true, bigEndian: true }, 16],
    ['Deflate with a predictor', { compression: 'deflate', predictor: 2, rowsPerStrip: 7 }, 16],
    [
      'Deflate, 8-bit, with a predictor, big endian',
      { compression: 'deflate', predictor: 2, bigEndian: true, rowsPerStrip: 2 },
      8,
    ],
    ['Deflate, big endian, many strips', { compression: 'deflate', bigEndian: true, rowsPerStrip: 1 }, 16],
    ['Zstandard', { compression: 'zstd', rowsPerStrip: 3 }, 16],
    ['PackBits', { compression: 'packbits', rowsPerStrip: 6 }, 8],
    ['OME-TIFF', { description: '<?xml version="1.0"?><OME><Image><Pixels SizeT="3"/></Image></OME>' }, 16],
    ['grey with alpha', { samples: 2 }, 8],
  ]
  test.each(tiffs)('TIFF stack: %s', async (_, spec, bits) => {
    const samples = spec.samples ?? 1
    const pages = pagesOf(samples, bits)
    await writeTiff(at('stack.tif'), { width, height, pages, ...spec })
    const sink = await step(await openCamera(at('stack.tif')), 6)
    for (const [i, frame] of sink.frames.entries()) {
      const page = pages[i % 3] ?? new Uint8Array()
      expect(frame.info).toMatchObject({
        sequence: i,
        width,
        height,
        pixelFormat: bits === 8 ? 'Mono8' : 'Mono16',
      })
      expectPixels(
        frame.pixels,
        page.filter((_value, at) => at % samples === 0),
      )
    }
  })

  test.each([
    ['RGB', 3, {}],
    ['RGBA', 4, {}],
    ['RGB in planes, Deflate', 3, { planar: true, compression: 'deflate' }],
  ] as const)('TIFF in colour: %s', async (_, samples, spec) => {
    const pages = pagesOf(samples, 8)
    await writeTiff(at('colour.tif'), { width, height, pages, samples, ...spec })
    const sink = await step(await openCamera(at('colour.tif')), 3)
    for (const [i, { info, pixels }] of sink.frames.entries()) {
      expect(info.pixelFormat).toBe('RGB8')
      expectPixels(
        pixels,
        (pages[i] ?? new Uint8Array()).filter((_value, at) => at % samples < 3),
      )
    }
  })

  test('an ImageJ stack of one directory', async () => {
    const pages = pagesOf(1, 16, 4)
    const first = { width, height, pages: pages.slice(0, 1), bigEndian: true }
    const description = 'ImageJ=1.53t\nimages=4\nslices=4\nloop=false\n'
    const start = tiffBytes({ ...first, description })
    // The other pages must follow the first: put them all into one page that says it is a quarter as high.
    const all = Uint16Array.from(pages.flatMap((page) => [...page]))
    const tall = tiffBytes({
      ...first,
      height: height * 4,
      pages: [all],
      description,
      tags: { 257: height, 278: height },
    })
    expect(tall.length).toBeGreaterThan(start.length)
    await writeFile(at('imagej.tif'), tall)
    const sink = await step(await openCamera(at('imagej.tif')), 4)
    for (const [i, frame] of sink.frames.entries()) expectPixels(frame.pixels, pages[i] ?? new Uint8Array())
  })

  test('thumbnails in a stack are not played', async () => {
    const pages = pagesOf(1, 8, 4)
    await writeTiff(at('a.tif'), { width, height, pages, subfileTypes: [0, 1, 0, 4] })
    const camera = await openCamera(at('a.tif'))
    expect(valueOf(camera, 'imageCount')).toBe(2)
    const sink = await step(camera, 2)
    expectPixels(sink.frames[1]?.pixels, pages[2] ?? new Uint8Array())
  })

  test('PNG: 16-bit grey, colour with alpha, 16-bit greys saved in colour', async () => {
    const grey16 = randomPixels(width * height, 16, 5)
    await writePng(at('grey16.png'), { width, height, channels: 1, pixels: grey16 })
    const grey = await step(await openCamera(at('grey16.png')), 1)
    expect(grey.frames[0]?.info).toMatchObject({ pixelFormat: 'Mono16', significantBits: 16 })
    expectPixels(grey.frames[0]?.pixels, grey16)

    const rgba = randomPixels(width * height * 4, 8, 6)
    await writePng(at('rgba.png'), { width, height, channels: 4, pixels: rgba })
    const colour = await step(await openCamera(at('rgba.png')), 1)
    expect(colour.frames[0]?.info).toMatchObject({ pixelFormat: 'RGB8', significantBits: 8 })
    expectPixels(
      colour.frames[0]?.pixels,
      rgba.filter((_, i) => i % 4 < 3),
    )

    const rgb16 = Uint16Array.from({ length: width * height * 3 }, (_, i) => grey16[Math.floor(i / 3)] ?? 0)
    await writePng(at('rgb16.png'), { width, height, channels: 3, pixels: rgb16 })
    const taken = await step(await openCamera(at('rgb16.png')), 1)
    expect(taken.frames[0]?.info.pixelFormat).toBe('Mono16')
    expectPixels(taken.frames[0]?.pixels, grey16)
  })

  test('PNG: greys saved as opaque RGBA are played as Mono8, with any transparency as RGB8', async () => {
    const grey = randomPixels(width * height, 8, 9)
    const rgba = new Uint8Array(grey.length * 4)
    for (const [i, value] of grey.entries()) rgba.set([value, value, value, 255], i * 4)
    await writePng(at('rgba.png'), { width, height, channels: 4, pixels: rgba })
    const opaque = await step(await openCamera(at('rgba.png')), 1)
    expect(opaque.frames[0]?.info.pixelFormat).toBe('Mono8')
    expectPixels(opaque.frames[0]?.pixels, grey)
    rgba[rgba.length - 1] = 254
    await writePng(at('rgba.png'), { width, height, channels: 4, pixels: rgba })
    const transparent = await step(await openCamera(at('rgba.png')), 1)
    expect(transparent.frames[0]?.info.pixelFormat).toBe('RGB8')
  })

  test('PNG with a palette is played in the colours it stands for', async () => {
    const indexes = Uint8Array.from(randomPixels(width * height, 8, 4), (value) => value % 4)
    const palette: [number, number, number][] = [
      [255, 0, 0],
      [0, 200, 10],
      [1, 2, 3],
      [90, 90, 90],
    ]
    const bytes = encode({ width, height, channels: 1, depth: 8, data: indexes, palette })
    await writeFile(at('palette.png'), bytes)
    const sink = await step(await openCamera(at('palette.png')), 1)
    expect(sink.frames[0]?.info.pixelFormat).toBe('RGB8')
    expectPixels(
      sink.frames[0]?.pixels,
      Uint8Array.from([...indexes].flatMap((index) => palette[index] ?? [])),
    )
  })

  test('keepColor plays greys saved in colour as RGB8', async () => {
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) % 256)
    await writePng(at('rgb.png'), { width, height, channels: 3, pixels: rgb })
    const sink = await step(await openCamera(at('rgb.png'), { keepColor: true }), 1)
    expect(sink.frames[0]?.info.pixelFormat).toBe('RGB8')
    expectPixels(sink.frames[0]?.pixels, rgb)
  })

  test('any TIFF that the writer can make is played as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          width: fc.integer({ min: 1, max: 20 }),
          height: fc.integer({ min: 1, max: 20 }),
          rowsPerStrip: fc.integer({ min: 1, max: 25 }),
          count: fc.integer({ min: 1, max: 3 }),
          bits: fc.constantFrom<(8 | 16)[]>(8, 16),
          bigTiff: fc.boolean(),
          bigEndian: fc.boolean(),
          compression: fc.constantFrom<('none' | 'deflate' | 'packbits')[]>('none', 'deflate', 'packbits'),
          seed: fc.nat(),
        }),
        async ({ count, bits, seed, ...spec }) => {
          const length = spec.width * spec.height
          const pages = Array.from({ length: count }, (_, i) => randomPixels(length, bits, seed + i))
          await writeTiff(at('any.tif'), { ...spec, pages })
          const sink = await step(await openCamera(at('any.tif')), count)
          for (const [i, { pixels }] of sink.frames.entries())
            expectPixels(pixels, pages[i] ?? new Uint8Array())
        },
      ),
      { numRuns: 60, seed: 20260301 },
    )
  })
})
