import { mkdir, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compareNaturally } from '../../../drivers/replay/image-files.ts'
import { FrameCache } from '../../../drivers/replay/frame-cache.ts'
import { FrameSchedule } from '../../../drivers/replay/frame-schedule.ts'
import replay from '../../../drivers/replay/index.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Connection } from '../../../drivers/sdk/driver.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import {
  decodePngPlainly,
  type Pixels,
  pngBytes,
  randomPixels,
  temporaryFolder,
  type TiffSpec,
  tiffBytes,
  writePng,
  writeTiff,
} from '../../fixtures/image-fixtures.ts'
import { type SharedData, sharedData } from '../../fixtures/shared-data.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
const open: Connection[] = []

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close()
  await folder.remove()
})

const at = (name: string) => join(folder.path, name)

async function openCamera(address: string, options: Record<string, unknown> = {}): Promise<CameraDevice> {
  const connection = await replay.open(address, { frameRate: 1000, ...options })
  open.push(connection)
  const [camera] = connection.devices
  if (camera?.description.kind !== 'camera' || !('trigger' in camera))
    throw new Error('The replay has no camera')
  return camera
}

/** Plays until `count` frames or a fault have come; the pixels are copied. */
async function play(camera: CameraDevice, count: number): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.start(sink)
  await sink.waitForFrames(count, 60_000)
  await camera.stop()
  expect(sink.violations).toEqual([])
  expect(sink.frames.length).toBeGreaterThanOrEqual(count)
  return sink
}

/** Steps through `count` images by software trigger. */
async function step(camera: CameraDevice, count: number): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.setProperty('triggerMode', 'software')
  await camera.start(sink)
  for (let i = 0; i < count; i++) await camera.trigger()
  await camera.stop()
  expect(sink.frames).toHaveLength(count)
  return sink
}

function bytesOf(pixels: Pixels): Uint8Array {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)
}

function expectPixels(actual: Uint8Array | undefined, expected: Pixels): void {
  // A comparison of the arrays by the test runner would print them.
  expect(Buffer.compare(actual ?? Buffer.alloc(0), bytesOf(expected))).toBe(0)
}

async function refusal(address: string, options: Record<string, unknown> = {}): Promise<CoverslipError> {
  const result = await openCamera(address, options).catch((error: unknown) => error)
  if (!(result instanceof CoverslipError))
    throw new Error(`Not refused with a CoverslipError: ${String(result)}`)
  return result
}

async function expectRefusal(address: string, message: RegExp): Promise<void> {
  const error = await refusal(address)
  expect(error.code).toBe('REPLAY_SOURCE')
  expect(error.message).toMatch(message)
  expect(error.hint).toBeTruthy()
}

function valueOf(camera: CameraDevice, name: string): unknown {
  return camera.properties().find((property) => property.name === name)?.value
}

describe('real images, pixel by pixel', { timeout: 60_000 }, () => {
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

describe('folders', () => {
  const grey = (value: number) => ({
    width: 4,
    height: 3,
    channels: 1 as const,
    pixels: new Uint8Array(12).fill(value),
  })

  test('plays the files in natural order, PNG and TIFF alike, leaving other files out', async () => {
    await writePng(at('img10.png'), grey(10))
    await writePng(at('img9.PNG'), grey(9))
    await writeTiff(at('img2.tif'), {
      width: 4,
      height: 3,
      pages: [new Uint8Array(12).fill(2), new Uint8Array(12).fill(3)],
    })
    await writePng(at('.img1.png'), grey(1))
    await writeFile(at('notes.txt'), 'not an image')
    await mkdir(at('folder.png'))
    const sink = await step(await openCamera(folder.path), 5)
    expect(sink.frames.map(({ pixels }) => pixels?.[0])).toEqual([2, 3, 9, 10, 2])
  })

  test('natural order is a total order', () => {
    expect(['b10', 'a2', 'B2', 'b2', 'a10', 'a02'].sort(compareNaturally)).toEqual(
      ['a10', 'a02', 'b2', 'B2', 'a2', 'b10'].sort(compareNaturally),
    )
    expect(['t10.png', 't9.png', 't1.png'].sort(compareNaturally)).toEqual(['t1.png', 't9.png', 't10.png'])
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0)
        expect(compareNaturally(a, b) === 0).toBe(a === b)
      }),
      { seed: 1 },
    )
  })
})

describe('bad input is refused, naming the file and the remedy', { timeout: 60_000 }, () => {
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
    await expectRefusal(folder.path, /holds no files/)
    await writeFile(at('readme.txt'), 'x')
    await expectRefusal(folder.path, /No file in .* \("readme.txt", for example\)/)
    await expectRefusal(at('readme.txt'), /"\S+readme.txt" is neither a PNG nor a TIFF/)
  })

  test('an empty file, garbage, a PNG cut short anywhere', async () => {
    await writeFile(at('a.png'), '')
    await expectRefusal(at('a.png'), /"\S+a.png" is corrupt or truncated: the file is empty/)
    await writeFile(at('a.png'), randomPixels(500, 8, 1))
    await expectRefusal(folder.path, /"\S+a.png" is neither a PNG/)
    const whole = png(1)
    for (const length of [8, 20, 33, 40, whole.length >> 1, whole.length - 13]) {
      await writeFile(at('a.png'), whole.subarray(0, length))
      await expectRefusal(folder.path, /"\S+a.png" is corrupt or truncated/)
    }
  })

  test('a PNG cut short among good ones', async () => {
    await writeFile(at('a.png'), png(1))
    await writeFile(at('b.png'), png(2).subarray(0, 100))
    await writeFile(at('c.png'), png(3))
    await expectRefusal(folder.path, /"\S+b.png" is corrupt or truncated/)
  })

  test('bytes after a PNG are no fault', async () => {
    await writeFile(at('a.png'), Buffer.concat([png(1), Buffer.from('appended')]))
    await expect(openCamera(folder.path)).resolves.toBeDefined()
  })

  test('a PNG with a flipped bit', async () => {
    const bytes = Buffer.from(png(1))
    const middle = bytes.length >> 1
    bytes[middle] = (bytes[middle] ?? 0) ^ 4
    await writeFile(at('a.png'), bytes)
    await expectRefusal(folder.path, /"\S+a.png" is corrupt or truncated/)
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
    await expectRefusal(folder.path, /differ in size: "\S+a.png" is 16 x 16, "\S+b.png" is 17 x 16/)
  })

  test('images of differing format name both', async () => {
    await writeFile(at('a.png'), png(1))
    await writeFile(at('b.tif'), tiff())
    await expectRefusal(
      folder.path,
      /differ in format: "\S+a.png" is 8-bit grey, "\S+b.tif", page 1 is 16-bit grey/,
    )
    await writeFile(at('b.tif'), tiff({ samples: 3, pages: [randomPixels(width * height * 3, 8, 3)] }))
    await expectRefusal(folder.path, /differ in format: "\S+b.tif" is 8-bit colour, "\S+a.png" is 8-bit grey/)
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
    await expectRefusal(folder.path, /"\S+a.png" is a 16-bit colour image/)
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
      const error = await refusal(folder.path, options)
      expect(error.code).toBe('INVALID_INPUT')
      expect(error.message).toContain(name)
      expect(error.hint).toContain('frameRate')
    }
  })
})

describe('playing', () => {
  const spec = { width: 8, height: 4 }
  async function writeSeries(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await writePng(at(`f${i}.png`), { ...spec, channels: 1, pixels: new Uint8Array(32).fill(i) })
    }
  }
  const values = (sink: MemorySink) => sink.frames.map(({ pixels }) => pixels?.[0])

  test('a bad image met later is reported once, its number left out, and the rest plays on', async () => {
    await writeSeries(4)
    const camera = await openCamera(folder.path)
    const bytes = await readFile(at('f2.png'))
    bytes[45] = (bytes[45] ?? 0) ^ 255
    await writeFile(at('f2.png'), bytes)
    const sink = await play(camera, 9)
    expect(values(sink).slice(0, 9)).toEqual([0, 1, 3, 0, 1, 3, 0, 1, 3])
    expect(sink.frames.slice(0, 9).map(({ info }) => info.sequence)).toEqual([0, 1, 3, 4, 5, 7, 8, 9, 11])
    expect(sink.faults).toHaveLength(1)
    expect(sink.faults[0]).toMatchObject({ code: 'REPLAY_SOURCE' })
    expect(sink.faults[0]?.message).toMatch(/f2.png/)
  })

  test('files that vanish or shrink after opening are reported by name', async () => {
    await writeSeries(3)
    await writeTiff(at('g.tif'), { ...spec, pages: [new Uint8Array(32).fill(7)] })
    const camera = await openCamera(folder.path)
    await unlink(at('f1.png'))
    await truncate(at('g.tif'), 20)
    const sink = await play(camera, 4)
    expect(values(sink).slice(0, 4)).toEqual([0, 2, 0, 2])
    expect(sink.faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/no folder or image ".*f1.png"/),
      expect.stringMatching(/"\S+g.tif" is corrupt or truncated/),
    ])
  })

  test('a triggered image that is bad is refused, and the next trigger gives the next image', async () => {
    await writeSeries(3)
    const camera = await openCamera(folder.path)
    await unlink(at('f1.png'))
    await camera.setProperty('triggerMode', 'software')
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    await camera.start(sink)
    await camera.trigger()
    await expect(camera.trigger()).rejects.toThrow(/f1.png/)
    await camera.trigger()
    await camera.stop()
    expect(values(sink)).toEqual([0, 2])
    expect(sink.frames.map(({ info }) => info.sequence)).toEqual([0, 2])
  })

  test('without loop it plays once, stays at the end, and plays again on play', async () => {
    await writeSeries(3)
    const camera = await openCamera(folder.path, { loop: false })
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    const ended = new Promise<void>((resolve) => {
      camera.onPropertiesChanged(() => {
        if (valueOf(camera, 'playing') === false) resolve()
      })
    })
    await camera.start(sink)
    await ended
    expect(values(sink)).toEqual([0, 1, 2])
    expect(valueOf(camera, 'frameIndex')).toBe(2)
    await camera.setProperty('playing', true)
    await sink.waitForFrames(6, 5000)
    expect(values(sink)).toEqual([0, 1, 2, 0, 1, 2])
    await camera.stop()
    const again = await play(camera, 3)
    expect(values(again).slice(0, 3)).toEqual([0, 1, 2])
  })

  test('paused, it sends each image that is gone to, once', async () => {
    await writeSeries(5)
    const camera = await openCamera(folder.path)
    await camera.setProperty('playing', false)
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    await camera.start(sink)
    await sink.waitForFrames(1, 5000)
    for (const [i, index] of [3, 1, 4].entries()) {
      await camera.setProperty('frameIndex', index)
      expect(valueOf(camera, 'frameIndex')).toBe(index)
      await sink.waitForFrames(i + 2, 5000)
    }
    expect(values(sink)).toEqual([0, 3, 1, 4])
    await camera.setProperty('playing', true)
    await sink.waitForFrames(6, 5000)
    await camera.stop()
    expect(values(sink).slice(4, 6)).toEqual([0, 1])
  })

  test('a stop and start goes on where it was', async () => {
    await writeSeries(5)
    const camera = await openCamera(folder.path)
    await camera.setProperty('frameIndex', 3)
    const sink = await play(camera, 2)
    expect(values(sink).slice(0, 2)).toEqual([3, 4])
    expect(sink.frames[0]?.info.sequence).toBe(0)
  })

  test('a set larger than the cache plays right, too', async () => {
    const pages = Array.from({ length: 7 }, (_, i) => randomPixels(300 * 300, 16, i))
    await writeTiff(at('a.tif'), { width: 300, height: 300, pages })
    const camera = await openCamera(at('a.tif'), { cacheMiB: 0.6 })
    const sink = await play(camera, 20)
    for (const [i, { pixels }] of sink.frames.slice(0, 20).entries()) {
      expectPixels(pixels, pages[i % 7] ?? new Uint8Array())
    }
  })

  test('triggerMode cannot change while it is acquiring', async () => {
    await writeSeries(1)
    const camera = await openCamera(folder.path)
    await camera.start(new MemorySink({ maxFrameBytes: 32 }))
    await expect(camera.setProperty('triggerMode', 'software')).rejects.toThrow(/while it is acquiring/)
    await expect(camera.trigger()).rejects.toThrow(/takes no triggers/)
    await expect(camera.start(new MemorySink({ maxFrameBytes: 32 }))).rejects.toThrow(/acquiring already/)
  })
})

describe('schedule', () => {
  test('the mean rate is exact however late single frames are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50 }), (lateness) => {
        const schedule = new FrameSchedule(20, 1000)
        for (const late of lateness) schedule.advance(schedule.dueMs + 15 * late)
        schedule.advance(schedule.dueMs)
        expect(schedule.dueMs).toBeCloseTo(1020 + 20 * lateness.length, 6)
      }),
      { seed: 3 },
    )
  })

  test('a hold-up is made up for by frames that follow faster, but not all at once', () => {
    const schedule = new FrameSchedule(20, 0)
    const sent: number[] = []
    for (let i = 0; i < 12; i++) {
      const nowMs = i === 0 ? 100 : schedule.dueMs
      sent.push(nowMs)
      schedule.advance(nowMs)
    }
    expect(sent).toEqual([100, 105, 110, 115, 120, 125, 130, 140, 160, 180, 200, 220])
  })

  test('a long hold-up is not made up for', () => {
    const schedule = new FrameSchedule(20, 0)
    schedule.advance(5000)
    expect(schedule.dueMs).toBe(5020)
  })

  test('a new period counts from the last frame', () => {
    const schedule = new FrameSchedule(20, 0)
    schedule.advance(0)
    schedule.setPeriod(50)
    expect(schedule.dueMs).toBe(50)
  })
})

describe('cache', () => {
  test('keeps within its capacity, decodes each frame of a small set once, and of a large one keeps most', async () => {
    for (const [count, capacity, rounds] of [
      [10, 10, 3],
      [40, 20, 5],
      [5, 2, 3],
    ] as const) {
      const decoded: number[] = []
      const cache = new FrameCache({
        count,
        capacity,
        decode: async (index) => {
          decoded.push(index)
          return Uint8Array.of(index)
        },
      })
      for (let i = 0; i < rounds * count; i++) {
        const index = i % count
        expect((await cache.load(index))[0]).toBe(index)
        cache.readAhead((index + 1) % count)
        await new Promise((resolve) => setImmediate(resolve))
        const kept = Array.from({ length: count }, (_, n) => cache.get(n)).filter(
          (frame) => frame !== undefined,
        )
        expect(kept.length).toBeLessThanOrEqual(capacity)
      }
      if (capacity >= count) expect(decoded).toHaveLength(count)
      if (capacity === 20) expect(decoded.length).toBeLessThan(rounds * count * 0.8)
    }
  })
})
