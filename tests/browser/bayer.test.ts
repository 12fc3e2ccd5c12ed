/** Bayer images in the live display: a mosaic of known values is drawn in the colours that it stands for. */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildPage } from '../../bench/browser/build-page.ts'
import { softwareGlArguments } from '../../bench/browser/chromium.ts'
import type { DisplaySettings } from '../../src-renderer/display/display-types.ts'
import { actualSizeView, type ViewTransform } from '../../src-renderer/display/view-transform.ts'
import { type BayerPattern, bayerColour, bayerPatterns } from '../../src-shared/frames/bayer-pattern.ts'
import { debayeredPixel } from '../../src-shared/kernels/debayer.ts'
import { encodedFrame, type TestImage, testImage } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { FrameFeed } from '../fixtures/frame-feed.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'
import './display-page/harness.ts'

/** As the page's style says. */
const canvas = { width: 400, height: 300 }
const gray: DisplaySettings = { low: 0, high: 255, gamma: 1, lut: 'gray', markSaturated: false }

/** No symmetry, all values. */
const noise = (x: number, y: number) => (x * 7919 + y * 104_729) % 256

/** What a sensor sees of an even colour. */
function plain(pattern: BayerPattern, width: number, height: number): TestImage {
  const values = { red: 200, green: 100, blue: 50 }
  return testImage(`Bayer${pattern}8`, width, height, (x, y) => values[bayerColour(pattern, x, y)])
}

describe('Bayer images on the screen', () => {
  let folder: string
  let browser: Browser
  let feed: FrameFeed
  let page: Page
  let frameId = 0

  beforeAll(async () => {
    folder = await buildPage(fileURLToPath(new URL('./display-page/', import.meta.url)))
    browser = await launchChromium(softwareGlArguments)
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    feed = await FrameFeed.start({ folder })
    page = await browser.newPage({ viewport: canvas, deviceScaleFactor: 1 })
    page.setDefaultTimeout(pageLimitMs)
    await page.goto(feed.url)
    await page.waitForFunction(() => 'harness' in globalThis)
    await page.evaluate((name) => harness.display.subscribe(name), feed.detectorName)
  })
  afterEach(async () => {
    await page.close()
    await feed.close()
  })

  const setDisplay = (settings: DisplaySettings) =>
    page.evaluate((wanted) => harness.display.setDisplay(wanted), settings)
  const setView = (view: ViewTransform) => page.evaluate((wanted) => harness.display.setView(wanted), view)

  async function show(image: TestImage, params: Readonly<Record<string, unknown>>): Promise<void> {
    const id = ++frameId
    feed.publish(await encodedFrame(image, params, id))
    await eventually(`frame ${id} is shown`, () =>
      page.evaluate((wanted) => harness.frames.at(-1)?.frameId === wanted, id),
    )
  }

  /** Waits until the picture on the screen passes `check`. */
  async function seen(check: (at: (x: number, y: number) => number[]) => void): Promise<void> {
    await vi.waitFor(
      async () => {
        const { data, width, channels } = decode(await page.screenshot())
        check((x, y) => [0, 1, 2].map((c) => data[(y * width + x) * channels + c] ?? -1))
      },
      { timeout: 60_000, interval: 100 },
    )
  }

  test.each(bayerPatterns)('Bayer%s: every pixel in the colour of its surroundings', async (pattern) => {
    for (const [bits, scale] of [
      [8, 1],
      [12, 16],
    ] as const) {
      // Odd sides: the mosaic ends in the middle of its pattern.
      const [width, height] = [97, 63]
      const image = testImage(`Bayer${pattern}${bits}`, width, height, (x, y) => noise(x, y) * scale)
      await setDisplay({ ...gray, high: 255 * scale })
      await setView(actualSizeView(image, canvas, 1))
      await show(image, { protocol: 'binary' })
      const left = Math.floor((canvas.width - width) / 2)
      const top = Math.floor((canvas.height - height) / 2)
      await seen((at) => {
        expect(at(left - 1, top)).toEqual([12, 13, 15])
        for (let y = 0; y < height; y += 1) {
          for (let x = 0; x < width; x += 1) {
            const expected = debayeredPixel({ ...image, pattern }, x, y)
            const error = at(left + x, top + y).map((value, c) =>
              Math.abs(value - (expected[c] ?? 0) / scale),
            )
            expect(Math.max(...error), `pixel ${x}, ${y}`).toBeLessThanOrEqual(1)
          }
        }
      })
    }
  })

  test('made smaller by any factor, an even colour stays even', async () => {
    await setDisplay(gray)
    for (const side of [
      [560, 420],
      [1000, 750],
      [1900, 1400],
    ] as const) {
      await show(plain('GR', side[0], side[1]), { protocol: 'binary' })
      await seen((at) => {
        for (let y = 3; y < canvas.height - 3; y += 11) {
          for (let x = 9; x < canvas.width - 9; x += 13) expect(at(x, y)).toEqual([200, 100, 50])
        }
      })
    }
  })

  test('raw: each pixel is the grey of its own value, with colour table', async () => {
    const image = testImage('BayerBG8', 96, 64, noise)
    await setView(actualSizeView(image, canvas, 1))
    await show(image, { protocol: 'binary' })
    const grey = (x: number, y: number) => noise(x, y)
    await setDisplay({ ...gray, mosaic: 'raw' })
    await seen((at) => {
      for (let x = 0; x < 96; x += 1) expect(at(152 + x, 118 + 9)).toEqual(Array(3).fill(grey(x, 9)))
    })
    await setDisplay({ ...gray, mosaic: 'raw', lut: 'green' })
    await seen((at) => expect(at(152 + 7, 118 + 9)).toEqual([0, grey(7, 9), 0]))
  })

  test('white balance, and saturation of any colour', async () => {
    const image = plain('RG', 96, 64)
    await show(image, { protocol: 'binary' })
    await setDisplay({ ...gray, gains: [0.5, 1, 2] })
    await seen((at) => expect(at(200, 150)).toEqual([100, 100, 100]))
    await show(
      testImage('BayerRG8', 96, 64, (x, y) => (bayerColour('RG', x, y) === 'blue' ? 255 : 20)),
      { protocol: 'binary' },
    )
    await setDisplay({ ...gray, markSaturated: true })
    await seen((at) => expect(at(200, 150)).toEqual([255, 0, 0]))
  })

  test('the probe tells the pixel’s own value, its colour, and that of the image', async () => {
    const image = testImage('BayerGB12', 96, 64, (x, y) => noise(x, y) * 16)
    await setView({ zoom: 8, centerX: 30, centerY: 20 })
    await show(image, { protocol: 'binary' })
    await page.evaluate(() => harness.display.probe({ x: 203, y: 141 }))
    const probe = await eventually('a probe', () => page.evaluate(() => harness.probes.at(-1)))
    expect(probe).toMatchObject({ x: 30, y: 18, value: image.pixels[18 * 96 + 30], approximate: false })
    expect(probe.mosaic).toEqual({
      colour: bayerColour('GB', 30, 18),
      rgb: debayeredPixel({ ...image, pattern: 'GB' }, 30, 18),
    })
  })

  test('the values that are read back are the mosaic’s own', async () => {
    const image = testImage('BayerRG12', 30, 20, (x, y) => noise(x, y) * 16)
    for (const subsampling of [1, 3]) {
      await show(image, { protocol: 'binary', subsampling })
      const { frame, values } = await page.evaluate(async () => {
        const content = await harness.display.readPixels()
        return { frame: content.frame, values: Array.from(content.pixels) }
      })
      expect(frame.pixelFormat).toBe('BayerRG12')
      const places = (length: number) =>
        Array.from({ length }, (_, i) => i).filter((i) => i % (2 * subsampling) < 2)
      expect(values).toEqual(places(20).flatMap((y) => places(30).map((x) => noise(x, y) * 16)))
    }
  })

  test.each(bayerPatterns)('JPEG streams of Bayer%s are in colour', async (pattern) => {
    for (const subsampling of [1, 2]) {
      await show(plain(pattern, 128, 96), { protocol: 'jpeg', quality: 95, windowMode: 'full', subsampling })
      await seen((at) => {
        const error = at(200, 150).map((value, c) => Math.abs(value - ([200, 100, 50][c] ?? 0)))
        expect(Math.max(...error)).toBeLessThan(8)
      })
    }
  })
})
