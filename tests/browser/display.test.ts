/** The live display in a real browser: exact pixels, right colours, counters, reconnecting, failures. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { buildPage } from '../../bench/browser/build-page.ts'
import { softwareGlArguments } from '../../bench/browser/chromium.ts'
import type { DisplaySettings } from '../../src-renderer/display/display-types.ts'
import { actualSizeView, type ViewTransform } from '../../src-renderer/display/view-transform.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { encodedFrame, type TestImage, testImage, withFrameId } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { FrameFeed } from '../fixtures/frame-feed.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'
import './display-page/harness.ts'

const screenshotFolder = fileURLToPath(new URL('../../test-results/display/', import.meta.url))

const width = 96
const height = 64
/** As the page's style says. */
const canvas = { width: 400, height: 300 }
const gray: DisplaySettings = { low: 0, high: 255, gamma: 1, lut: 'gray', markSaturated: false }

describe('live display', () => {
  let folder: string
  let browser: Browser
  let feed: FrameFeed
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    await mkdir(screenshotFolder, { recursive: true })
    folder = await buildPage(fileURLToPath(new URL('./display-page/', import.meta.url)))
    browser = await launchChromium(softwareGlArguments)
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    complaints.length = 0
    feed = await FrameFeed.start({ folder, port: await lastingPort() })
    page = await open(browser)
  })
  afterEach(async () => {
    await page.close()
    await feed.close()
    expect(complaints).toEqual([])
  })

  async function open(from: Browser, query = ''): Promise<Page> {
    const opened = await from.newPage({ viewport: canvas, deviceScaleFactor: 1 })
    opened.setDefaultTimeout(pageLimitMs)
    opened.on('pageerror', (error) => complaints.push(String(error)))
    await opened.goto(`${feed.url}/${query}`)
    await opened.waitForFunction(() => 'harness' in globalThis)
    return opened
  }

  const subscribe = (detectorName: string | undefined = feed.detectorName) =>
    page.evaluate((name) => harness.display.subscribe(name), detectorName)
  const setDisplay = (settings: DisplaySettings) =>
    page.evaluate((wanted) => harness.display.setDisplay(wanted), settings)
  const setView = (view: ViewTransform) => page.evaluate((wanted) => harness.display.setView(wanted), view)
  const shownId = () => page.evaluate(() => harness.frames.at(-1)?.frameId)
  const shown = (frameId: number) =>
    eventually(`frame ${frameId} is shown`, async () => (await shownId()) === frameId || undefined)
  const displayWorker = () => page.workers().find((worker) => worker.url().includes('display-worker'))
  const lastState = () => page.evaluate(() => harness.states.at(-1))
  const readPixels = () =>
    page.evaluate(async () => {
      const { frame, pixels } = await harness.display.readPixels()
      return { frame, type: pixels.constructor.name, values: Array.from(pixels) }
    })

  type Picture = (x: number, y: number) => number[]

  /**
   * Waits until the picture on the screen passes `check`: from a call to the screen it takes some animation frames,
   * more on a busy computer. Kept as a file when it has a name.
   */
  async function seen(check: (at: Picture) => void, name?: string) {
    await vi.waitFor(
      async () => {
        const png = await page.screenshot()
        if (name !== undefined) await writeFile(`${screenshotFolder}${name}.png`, png)
        const { data, width: pictureWidth, channels } = decode(png)
        check((x, y) => [0, 1, 2].map((c) => data[(y * pictureWidth + x) * channels + c] ?? -1))
      },
      { timeout: 60_000, interval: 100 },
    )
  }

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

  /** Every value class of the format: black, white, both byte halves, no symmetry. */
  function pattern(format: PixelFormat, maxValue: number): TestImage {
    return testImage(format, width, height, (x, y, c) => {
      if (x < 4 && y < 4) return maxValue
      return (x * 7919 + y * 104_729 + c * 31_337) % (maxValue + 1)
    })
  }

  test.each(formats)('%s arrives exactly, however it was packed', async (format, maxValue) => {
    await subscribe()
    for (const [frameId, packing] of packings.entries()) {
      const image = pattern(format, maxValue)
      feed.publish(await encodedFrame(image, { protocol: 'binary', ...packing }, frameId))
      await shown(frameId)
      const { frame, type, values } = await readPixels()
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
    await expect.poll(() => feed.acknowledged).toEqual([0, 1, 2, 3])
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
    await subscribe()
    await setView(actualSizeView(image, canvas, 1))
    feed.publish(await encodedFrame(image, params))
    await shown(0)
    const { frame, type, values } = await readPixels()
    expect(type).toBe('Uint8Array')
    expect(frame).toMatchObject({ protocol: 'jpeg', windowed: { low: 500, high: 3500, gamma: 2 } })
    await seen((at) => {
      for (let block = 0; block < 32; block++) {
        const expected = 255 * Math.sqrt(Math.min(1, Math.max(0, (block * 131 - 500) / 3000)))
        const value = values[256 * 30 + block * 8 + 4] ?? -1
        expect(Math.abs(value - expected)).toBeLessThan(4)
        expect(at(canvas.width / 2 - 128 + block * 8 + 4, canvas.height / 2)).toEqual([value, value, value])
      }
    }, 'jpeg-window')
    // Away from this computer browsers have no ImageDecoder without https.
    await displayWorker()?.evaluate(() => Reflect.deleteProperty(globalThis, 'ImageDecoder'))
    feed.publish(await encodedFrame(image, params, 1))
    await shown(1)
    expect((await readPixels()).values).toEqual(values)
    await page.evaluate(() => harness.display.probe({ x: 200 - 128 + 16 * 8 + 4, y: 150 }))
    const probe = await eventually('a probe', () => page.evaluate(() => harness.probes.at(-1)))
    expect(probe.approximate).toBe(true)
    expect(probe.value).toBeGreaterThan(16 * 131 - 60)
    expect(probe.value).toBeLessThan(16 * 131 + 60)
  })

  test('a colour JPEG is in colour', async () => {
    const image = testImage('RGB8', 131, 67, (x, _y, c) => (c === (x < 64 ? 0 : 2) ? 200 : 30))
    await subscribe()
    await setView(actualSizeView(image, canvas, 1))
    feed.publish(await encodedFrame(image, { protocol: 'jpeg', quality: 95, windowMode: 'full' }))
    await shown(0)
    const close = (colour: number[], to: number[]) =>
      colour.every((value, i) => Math.abs(value - (to[i] ?? -99)) < 8)
    await seen((at) => {
      expect(at(canvas.width / 2 - 32, 150)).toSatisfy((colour: number[]) => close(colour, [200, 30, 30]))
      expect(at(canvas.width / 2 + 32, 150)).toSatisfy((colour: number[]) => close(colour, [30, 30, 200]))
    })
    const { values } = await readPixels()
    expect(values).toHaveLength(131 * 67 * 3)
    expect(close(values.slice(0, 3), [200, 30, 30])).toBe(true)
    expect(close(values.slice(-3), [30, 30, 200])).toBe(true)
  })

  test('window, gamma, colour table and saturation give the right colours, one to one', async () => {
    const image = testImage('Mono12', width, height, (x, y) => (y === 0 ? 4095 : x * 40 + y))
    await subscribe()
    await setView(actualSizeView(image, canvas, 1))
    feed.publish(await encodedFrame(image, { protocol: 'binary' }))
    await shown(0)
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
      await setDisplay(settings)
      await seen((at) => {
        expect(at(left - 1, top)).toEqual([12, 13, 15])
        expect(at(left + width, top + height - 1)).toEqual([12, 13, 15])
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
    await subscribe()
    await setDisplay(gray)
    const view = { zoom: 8, centerX: 30, centerY: 20 }
    await setView(view)
    feed.publish(await encodedFrame(image, { protocol: 'binary' }))
    await shown(0)
    await seen((at) => {
      for (let y = 2; y < canvas.height; y += 3) {
        for (let x = 1; x < canvas.width; x += 7) {
          const column = Math.floor(30 + (x + 0.5 - 200) / 8)
          const row = Math.floor(20 + (y + 0.5 - 150) / 8)
          const expected = row < 0 ? [12, 13, 15] : Array(3).fill(image.pixels[row * width + column])
          expect(at(x, y)).toEqual(expected)
        }
      }
    }, 'magnified')
    await page.evaluate(() => harness.display.probe({ x: 203, y: 141 }))
    const probe = await eventually('a probe', () => page.evaluate(() => harness.probes.at(-1)))
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
    await subscribe()
    await setDisplay(gray)
    feed.publish(await encodedFrame(image, { protocol: 'binary' }))
    await shown(0)
    await seen((at) => {
      for (let y = 3; y < canvas.height - 3; y += 11) {
        for (let x = 3; x < canvas.width - 3; x += 13) expect(at(x, y)).toEqual([100, 100, 100])
      }
    })
  })

  test('follows size and device pixel ratio of its canvas', async () => {
    const image = testImage('Mono8', 400, 300, (x, y) => (x < 200 ? 10 : 200) + (y < 150 ? 0 : 40))
    await subscribe()
    await setDisplay(gray)
    feed.publish(await encodedFrame(image, { protocol: 'binary' }))
    await shown(0)
    await page.evaluate(() => {
      document.querySelector('canvas')?.setAttribute('style', 'width: 200px; height: 150px')
      harness.display.resize(200, 150, 2)
    })
    await seen((at) => {
      const corners = [at(99, 74), at(100, 74), at(99, 75), at(100, 75)]
      expect(corners.map(([grey]) => grey)).toEqual([10, 200, 50, 240])
      expect(at(210, 10)).toEqual([12, 13, 15])
    }, 'resized')
  })

  test('histogram and statistics are reported, gaps counted', async () => {
    const image = testImage('Mono12', width, height, (x) => x * 10)
    const frame = await encodedFrame(image, { protocol: 'binary' })
    await subscribe()
    await eventually('the subscription', () => feed.viewers === 1)
    for (const frameId of [0, 1, 5, 6, 9]) {
      feed.publish(withFrameId(frame, frameId))
      await shown(frameId)
    }
    const stats = await eventually('statistics', () =>
      page.evaluate(() => harness.stats.find(({ missed, shownFps }) => missed === 5 && shownFps > 0)),
    )
    expect(stats.dropped).toBe(0)
    // A frame may come in one second and be shown in the next.
    expect(await page.evaluate(() => harness.stats.some(({ receivedFps }) => receivedFps > 0))).toBe(true)
    const histogram = await eventually('a histogram', () =>
      page.evaluate(() => harness.histograms.map((last) => ({ ...last, bins: Array.from(last.bins) }))[0]),
    )
    expect(histogram).toMatchObject({ maxValue: 4095, min: 0, max: 950, saturatedFraction: 0 })
    expect(histogram.bins.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
    await expect.poll(() => feed.acknowledged).toEqual([0, 1, 5, 6, 9])
    const ended = await eventually('the end is reported', () =>
      page.evaluate(() =>
        harness.stats.at(-1)?.receivedFps === 0 && harness.stats.at(-1)?.shownFps === 0
          ? harness.stats.length
          : undefined,
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await page.evaluate(() => harness.stats.length)).toBe(ended)
  })

  test('latency is by the host’s clock', async () => {
    await page.close()
    feed.clockAheadMs = 3_600_000
    page = await open(browser)
    const frame = await encodedFrame(pattern('Mono8', 255), { protocol: 'binary' })
    await subscribe()
    for (let frameId = 0; frameId < 5; frameId++) {
      const { message, packet } = withFrameId(frame, frameId)
      const metadata = { ...message.metadata, captured_at_ms: Date.now() + 3_600_000 - 60_000 }
      feed.publish({ packet, message: { ...message, metadata } })
      await shown(frameId)
    }
    const latencyMs = await eventually('a latency', () =>
      page.evaluate(() => harness.stats.at(-1)?.latencyMs),
    )
    // The two clocks are compared as well as the connection allows.
    expect(latencyMs).toBeGreaterThan(50_000)
    // Far from the hour between the clocks, however late a loaded machine shows it.
    expect(latencyMs).toBeLessThan(600_000)
  })

  test('comes back by itself after the server was restarted, and subscribes again', async () => {
    const frame = await encodedFrame(pattern('Mono16', 65_535), { protocol: 'binary' })
    await subscribe()
    feed.publish(withFrameId(frame, 41))
    await shown(41)
    const { port } = feed
    await feed.close()
    await eventually('the loss is noticed', async () => (await lastState())?.connection === 'lost')
    await eventually('the reason is told', async () =>
      (await lastState())?.error?.message.includes('does not answer'),
    )
    feed = await FrameFeed.start({ folder, port })
    await eventually('it is connected again', async () => (await lastState())?.connection === 'connected')
    await eventually('the error is gone', async () => (await lastState())?.error === undefined)
    await eventually('it has subscribed', () => feed.viewers === 1)
    feed.publish(withFrameId(frame, 0))
    await shown(0)
    const missed = await eventually('statistics', () => page.evaluate(() => harness.stats.at(-1)?.missed))
    expect(missed).toBe(0)
  })

  test('a refused subscription says why; the next one clears it', async () => {
    await subscribe('nobody')
    const { error } = await eventually('a refusal', async () => {
      const state = await lastState()
      return state?.error === undefined ? undefined : state
    })
    expect(error).toEqual({
      code: 'UNKNOWN_DEVICE',
      message: 'There is no camera "nobody"',
      hint: 'Choose one.',
    })
    await subscribe()
    await eventually('no error', async () => {
      const state = await lastState()
      return state !== undefined && state.error === undefined
    })
    await expect(page.evaluate(() => harness.display.readPixels())).rejects.toThrow('No frame is shown yet')
  })

  test('damaged and foreign messages are reported and do no harm', async () => {
    const frame = await encodedFrame(pattern('Mono12', 4095), { protocol: 'binary' })
    const jpeg = await encodedFrame(pattern('Mono8', 255), { protocol: 'jpeg' }, 2)
    await subscribe()
    feed.publish(withFrameId({ ...frame, packet: frame.packet.slice(0, 500) }, 1))
    const damaged = await eventually('an error', async () => (await lastState())?.error)
    expect(damaged.message).toContain('packet')
    feed.publish(withFrameId({ ...jpeg, packet: jpeg.packet.slice(0, 50) }, 2))
    await eventually('another error', async () =>
      (await lastState())?.error?.message.includes('JPEG frame 2'),
    )
    feed.broadcast('frame', 'nonsense', 7)
    feed.broadcast('channel_error', null)
    await eventually('a third one', async () =>
      (await lastState())?.error?.message.includes('does not understand'),
    )
    feed.publish(withFrameId(frame, 3))
    await shown(3)
    await expect.poll(() => feed.acknowledged).toEqual([1, 2, 3])
  })

  test('after another subscription nothing of the camera before is shown', async () => {
    await subscribe()
    await setDisplay(gray)
    feed.publish(
      await encodedFrame(
        testImage('Mono8', width, height, () => 200),
        { protocol: 'binary' },
      ),
    )
    await shown(0)
    await seen((at) => expect(at(200, 150)).toEqual([200, 200, 200]))
    await page.evaluate(() => harness.display.subscribe(undefined))
    await seen((at) => expect(at(200, 150)).toEqual([12, 13, 15]))
    await eventually('it has unsubscribed', () => feed.viewers === 0)
  })

  test('the picture comes back after the graphics context was lost', async () => {
    await subscribe()
    await setDisplay(gray)
    feed.publish(
      await encodedFrame(
        testImage('Mono16', width, height, () => 150),
        { protocol: 'binary' },
      ),
    )
    await shown(0)
    const worker = displayWorker()
    // Catches the context at the next drawing.
    await worker?.evaluate(() => {
      const { prototype } = WebGL2RenderingContext
      const clear = prototype.clear
      prototype.clear = function (mask) {
        Object.assign(globalThis, { loss: this.getExtension('WEBGL_lose_context') })
        clear.call(this, mask)
      }
    })
    await setDisplay({ ...gray, lut: 'inverted' })
    await seen((at) => expect(at(200, 150)).toEqual([105, 105, 105]))
    await setDisplay(gray)
    await worker?.evaluate(() => Reflect.get(globalThis, 'loss').loseContext())
    await eventually('the loss is told', async () => (await lastState())?.error?.code === 'GRAPHICS_LOST')
    await worker?.evaluate(() => Reflect.get(globalThis, 'loss').restoreContext())
    await eventually('the error is gone', async () => (await lastState())?.error === undefined)
    await seen((at) => expect(at(200, 150)).toEqual([150, 150, 150]))
    feed.publish(
      await encodedFrame(
        testImage('Mono16', width, height, () => 90),
        { protocol: 'binary' },
        1,
      ),
    )
    await shown(1)
    await seen((at) => expect(at(200, 150)).toEqual([90, 90, 90]))
  })

  test('in the desktop window frames come by a port', async () => {
    const ported = await open(browser, '?source=port')
    const image = pattern('Mono12', 4095)
    const { message, packet } = await encodedFrame(image, { protocol: 'binary' }, 12)
    await ported.evaluate(() => harness.display.subscribe('camera'))
    await ported.waitForFunction(() => JSON.stringify(harness.requests).includes('subscribe'))
    await ported.evaluate(
      ([meta, bytes]) => harness.send({ type: 'frame', message: meta, packet: Uint8Array.from(bytes) }),
      [message, Array.from(packet)] as const,
    )
    await ported.waitForFunction(() => harness.frames.at(-1)?.frameId === 12)
    const values = await ported.evaluate(async () => Array.from((await harness.display.readPixels()).pixels))
    expect(values).toEqual(Array.from(image.pixels))
    const requests = () => ported.evaluate(() => harness.requests)
    await expect.poll(requests).toContainEqual({ type: 'frame_ack', detectorName: 'camera', frameId: 12 })
    expect(await requests()).toContainEqual(
      expect.objectContaining({
        type: 'subscribe',
        detectorName: 'camera',
        decodes: ['lz4', 'zstd', 'jpeg'],
      }),
    )
    await expect.poll(() => ported.evaluate(() => harness.states.at(-1))).toEqual({ connection: 'connected' })
    await ported.evaluate(() =>
      harness.send({ type: 'channel_error', error: { ok: false, code: 'X', message: 'Gone' } }),
    )
    await ported.waitForFunction(() => harness.states.at(-1)?.error?.message === 'Gone')
    await ported.close()
  })

  test('a picture of what is seen belongs to the view that it was drawn with', async () => {
    await subscribe()
    await setDisplay(gray)
    feed.publish(await encodedFrame(pattern('Mono8', 255), { protocol: 'binary' }))
    await shown(0)
    const taken = await page.evaluate(async () => {
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

  test('disposed, it leaves the server and answers no more', async () => {
    await subscribe()
    await eventually('the subscription', () => feed.viewers === 1)
    const answer = page.evaluate(() => {
      const pixels = harness.display.readPixels()
      harness.display.dispose()
      return pixels
    })
    await expect(answer).rejects.toThrow('closed')
    await eventually('it has left', () => feed.viewers === 0)
    await expect(page.evaluate(() => harness.display.readPixels())).rejects.toThrow('closed')
  })

  test('without WebGL2 it says what is missing and still reads pixels', async () => {
    const plain = await launchChromium(['--disable-gpu', '--disable-software-rasterizer'])
    try {
      await page.close()
      page = await open(plain)
      const image = pattern('Mono16', 65_535)
      await subscribe()
      feed.publish(await encodedFrame(image, { protocol: 'binary' }))
      await shown(0)
      await expect.poll(lastState).toMatchObject({
        error: { code: 'WEBGL2_MISSING', hint: expect.stringContaining('hardware') },
      })
      expect((await readPixels()).values).toEqual(Array.from(image.pixels))
    } finally {
      await plain.close()
      page = await open(browser)
    }
  })
})
