/** The live display in a real browser: exact pixels, right colours. */
import { expect, test } from 'vitest'
import type { DisplaySettings } from '../../src-renderer/display/display-types.ts'
import { actualSizeView } from '../../src-renderer/display/view-transform.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { encodedFrame, testImage } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { background, canvas, DisplayScene, gray, height, pattern, width } from './display-scene.ts'

const scene = new DisplayScene()

const formats: readonly (readonly [PixelFormat, number])[] = [
  ['Mono8', 255],
  ['Mono12', 4095],
  ['Mono16', 65_535],
  ['RGB8', 255],
]
const packings: readonly Record<string, unknown>[] = [
  { compression: 'lz4' },
  { compression: 'lz4', filter: 'none' },
  { compression: 'zstd' },
  { compression: 'none' },
]

test.each(formats)('%s arrives exactly, however it was packed', async (format, maxValue) => {
  await scene.subscribe()
  for (const [frameId, packing] of packings.entries()) {
    const image = pattern(format, maxValue)
    scene.feed.publish(await encodedFrame(image, { protocol: 'binary', ...packing }, frameId))
    await scene.shown(frameId)
    const { frame, type, values } = await scene.readPixels()
    expect(frame).toMatchObject({
      frameId,
      width,
      height,
      pixelFormat: format,
      maxValue,
      protocol: 'binary',
    })
    expect(type).toBe(image.pixels.constructor.name)
    expect(values).toEqual(Array.from(image.pixels))
  }
  await expect.poll(() => scene.feed.acknowledged).toEqual([0, 1, 2, 3])
})

test('a JPEG shows the stream’s own window, and pixel values can be read back', async () => {
  // A ramp from 0 to 4065 in steps of one block: JPEG keeps it within a few grey values.
  const image = testImage('Mono12', 256, 64, (x) => (x >> 3) * 131)
  const params = {
    protocol: 'jpeg',
    quality: 100,
    windowMode: 'manual',
    windowLow: 500,
    windowHigh: 3500,
    gamma: 2,
  }
  await scene.subscribe()
  await scene.setView(actualSizeView(image, canvas, 1))
  scene.feed.publish(await encodedFrame(image, params))
  await scene.shown(0)
  const { frame, type, values } = await scene.readPixels()
  expect(type).toBe('Uint8Array')
  expect(frame).toMatchObject({ protocol: 'jpeg', windowed: { low: 500, high: 3500, gamma: 2 } })
  await scene.seen((at) => {
    for (let block = 0; block < 32; block++) {
      const expected = 255 * Math.sqrt(Math.min(1, Math.max(0, (block * 131 - 500) / 3000)))
      const value = values[256 * 30 + block * 8 + 4] ?? -1
      expect(Math.abs(value - expected)).toBeLessThan(4)
      expect(at(canvas.width / 2 - 128 + block * 8 + 4, canvas.height / 2)).toEqual([value, value, value])
    }
  }, 'jpeg-window')
  // Away from this computer browsers have no ImageDecoder without https.
  await scene.displayWorker()?.evaluate(() => Reflect.deleteProperty(globalThis, 'ImageDecoder'))
  scene.feed.publish(await encodedFrame(image, params, 1))
  await scene.shown(1)
  expect((await scene.readPixels()).values).toEqual(values)
  await scene.page.evaluate(() => harness.display.probe({ x: 200 - 128 + 16 * 8 + 4, y: 150 }))
  const probe = await eventually('a probe', () => scene.page.evaluate(() => harness.probes.at(-1)))
  expect(probe.approximate).toBe(true)
  expect(probe.value).toBeGreaterThan(16 * 131 - 60)
  expect(probe.value).toBeLessThan(16 * 131 + 60)
})

test('a colour JPEG is in colour', async () => {
  const image = testImage('RGB8', 131, 67, (x, _y, c) => (c === (x < 64 ? 0 : 2) ? 200 : 30))
  await scene.subscribe()
  await scene.setView(actualSizeView(image, canvas, 1))
  scene.feed.publish(await encodedFrame(image, { protocol: 'jpeg', quality: 95, windowMode: 'full' }))
  await scene.shown(0)
  const close = (colour: number[], to: number[]) =>
    colour.every((value, i) => Math.abs(value - (to[i] ?? -99)) < 8)
  await scene.seen((at) => {
    expect(at(canvas.width / 2 - 32, 150)).toSatisfy((colour: number[]) => close(colour, [200, 30, 30]))
    expect(at(canvas.width / 2 + 32, 150)).toSatisfy((colour: number[]) => close(colour, [30, 30, 200]))
  })
  const { values } = await scene.readPixels()
  expect(values).toHaveLength(131 * 67 * 3)
  expect(close(values.slice(0, 3), [200, 30, 30])).toBe(true)
  expect(close(values.slice(-3), [30, 30, 200])).toBe(true)
})

test('window, gamma, colour table and saturation give the right colours, one to one', async () => {
  const image = testImage('Mono12', width, height, (x, y) => (y === 0 ? 4095 : x * 40 + y))
  await scene.subscribe()
  await scene.setView(actualSizeView(image, canvas, 1))
  scene.feed.publish(await encodedFrame(image, { protocol: 'binary' }))
  await scene.shown(0)
  const left = (canvas.width - width) / 2
  const top = (canvas.height - height) / 2
  const points = [
    [0, 0],
    [0, 1],
    [10, 5],
    [50, 63],
    [95, 1],
    [95, 63],
  ] as const
  const grey = (value: number, low: number, high: number, gamma: number) =>
    255 * Math.min(1, Math.max(0, (value - low) / (high - low))) ** (1 / gamma)

  for (const [name, settings] of Object.entries({
    plain: { ...gray, low: 300, high: 3000 },
    gamma: { ...gray, low: 300, high: 3000, gamma: 2.2 },
    inverted: { ...gray, low: 0, high: 4095, lut: 'inverted' },
    saturated: { ...gray, low: 0, high: 4095, lut: 'green', markSaturated: true },
    'viridis-gamma': { ...gray, low: 0, high: 4095, gamma: 0.7, lut: 'viridis' },
  } satisfies Record<string, DisplaySettings>)) {
    await scene.setDisplay(settings)
    await scene.seen((at) => {
      expect(at(left - 1, top)).toEqual(background)
      expect(at(left + width, top + height - 1)).toEqual(background)
      for (const [x, y] of points) {
        const value = image.pixels[y * width + x] ?? 0
        const [r = -1, g = -1, b = -1] = at(left + x, top + y)
        const expected = grey(value, settings.low, settings.high, settings.gamma)
        if (settings.lut === 'gray') {
          expect(Math.abs(g - expected)).toBeLessThanOrEqual(0.51)
          expect([r, b]).toEqual([g, g])
        } else if (settings.lut === 'inverted') {
          expect(Math.abs(g - (255 - expected))).toBeLessThanOrEqual(0.51)
        } else if (settings.lut === 'green') {
          expect([r, b]).toEqual(value === 4095 ? [255, 0] : [0, 0])
        } else if (value === 4095) {
          expect([r, g, b]).toEqual([253, 231, 37])
        }
      }
    }, `colours-${name}`)
  }
})

test('magnified, every image pixel is a sharp square; the probe names it', async () => {
  const image = pattern('Mono8', 255)
  await scene.subscribe()
  await scene.setDisplay(gray)
  const view = { zoom: 8, centerX: 30, centerY: 20 }
  await scene.setView(view)
  scene.feed.publish(await encodedFrame(image, { protocol: 'binary' }))
  await scene.shown(0)
  await scene.seen((at) => {
    for (let y = 2; y < canvas.height; y += 3) {
      for (let x = 1; x < canvas.width; x += 7) {
        const column = Math.floor(30 + (x + 0.5 - 200) / 8)
        const row = Math.floor(20 + (y + 0.5 - 150) / 8)
        const expected = row < 0 ? background : Array(3).fill(image.pixels[row * width + column])
        expect(at(x, y)).toEqual(expected)
      }
    }
  }, 'magnified')
  await scene.page.evaluate(() => harness.display.probe({ x: 203, y: 141 }))
  const probe = await eventually('a probe', () => scene.page.evaluate(() => harness.probes.at(-1)))
  expect(probe).toEqual({
    x: 30,
    y: 18,
    value: image.pixels[18 * width + 30],
    approximate: false,
    xUm: 100 + (30.5 - 48) * 0.5,
    yUm: 200 + (18.5 - 32) * 0.5,
  })
})

test('made smaller, fine structure becomes its mean instead of a moiré', async () => {
  const image = testImage('Mono8', 800, 600, (x, y) => ((x + y) % 2) * 200)
  await scene.subscribe()
  await scene.setDisplay(gray)
  scene.feed.publish(await encodedFrame(image, { protocol: 'binary' }))
  await scene.shown(0)
  await scene.seen((at) => {
    for (let y = 3; y < canvas.height - 3; y += 11) {
      for (let x = 3; x < canvas.width - 3; x += 13) expect(at(x, y)).toEqual([100, 100, 100])
    }
  })
})

test('follows size and device pixel ratio of its canvas', async () => {
  const image = testImage('Mono8', 400, 300, (x, y) => (x < 200 ? 10 : 200) + (y < 150 ? 0 : 40))
  await scene.subscribe()
  await scene.setDisplay(gray)
  scene.feed.publish(await encodedFrame(image, { protocol: 'binary' }))
  await scene.shown(0)
  await scene.page.evaluate(() => {
    document.querySelector('canvas')?.setAttribute('style', 'width: 200px; height: 150px')
    harness.display.resize(200, 150, 2)
  })
  await scene.seen((at) => {
    const corners = [at(99, 74), at(100, 74), at(99, 75), at(100, 75)]
    expect(corners.map(([grey]) => grey)).toEqual([10, 200, 50, 240])
    expect(at(210, 10)).toEqual(background)
  }, 'resized')
})

test('a picture of what is seen belongs to the view that it was drawn with', async () => {
  await scene.subscribe()
  await scene.setDisplay(gray)
  scene.feed.publish(await encodedFrame(pattern('Mono8', 255), { protocol: 'binary' }))
  await scene.shown(0)
  const taken = await scene.page.evaluate(async () => {
    const pictures = []
    for (const zoom of [4, 8]) {
      // Around the image's corner: a quarter of the canvas is image. Asked for before anything is drawn so.
      harness.display.setView({ zoom, centerX: 0, centerY: 0 })
      const { frame, part, bitmap } = await harness.display.takePicture(64)
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      context?.drawImage(bitmap, 0, 0)
      const longest = Math.max(bitmap.width, bitmap.height)
      const corner = context?.getImageData(1, 1, 1, 1).data[0]
      pictures.push({ frameId: frame.frameId, zoom, part, longest, corner })
    }
    return pictures
  })
  for (const { frameId, zoom, part, longest, corner } of taken) {
    expect({ frameId, longest, corner }).toEqual({ frameId: 0, longest: 64, corner: 255 })
    expect(part).toEqual({
      left: 0,
      top: 0,
      width: Math.min(width, canvas.width / 2 / zoom),
      height: Math.min(height, canvas.height / 2 / zoom),
    })
  }
})
