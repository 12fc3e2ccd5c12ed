/** The live display alone in a page, with a server that sends it frames: set up anew for each test of a file. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { buildPage } from '../../bench/browser/build-page.ts'
import { softwareGlArguments } from '../../bench/browser/chromium.ts'
import type { DisplaySettings } from '../../src-renderer/display/display-types.ts'
import type { ViewTransform } from '../../src-renderer/display/view-transform.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { type TestImage, testImage } from '../fixtures/encoded-frame.ts'
import { eventually } from '../fixtures/eventually.ts'
import { FrameFeed } from '../fixtures/frame-feed.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { within } from '../fixtures/within.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'
import './display-page/harness.ts'

/** CSS pixels, as the page's style says; device pixels are the same. */
export const canvas = { width: 400, height: 300 } as const

/** The colour where no image is. */
export const background = [12, 13, 15] as const

export const gray: DisplaySettings = { low: 0, high: 255, gamma: 1, lut: 'gray', markSaturated: false }

/** Size of `pattern`. */
export const [width, height] = [96, 64] as const

/** Every value class of the format: black, white, both byte halves, no symmetry. */
export function pattern(format: PixelFormat, maxValue: number): TestImage {
  return testImage(format, width, height, (x, y, c) => {
    if (x < 4 && y < 4) return maxValue
    return (x * 7919 + y * 104_729 + c * 31_337) % (maxValue + 1)
  })
}

/** Red, green and blue of a pixel of the screen. */
export type PictureAt = (x: number, y: number) => number[]

export class DisplayScene {
  browser: Browser | undefined
  #feed: FrameFeed | undefined
  #page: Page | undefined
  #folder = ''
  readonly #complaints: string[] = []

  constructor() {
    beforeAll(async () => {
      this.#folder = await buildPage(fileURLToPath(new URL('./display-page/', import.meta.url)))
      this.browser = await launchChromium(softwareGlArguments)
    })
    afterAll(async () => {
      await this.browser?.close()
      await rm(this.#folder, { recursive: true, force: true })
    })
    beforeEach(async () => {
      this.#complaints.length = 0
      await this.startFeed(await lastingPort())
      await this.openPage()
    })
    afterEach(async () => {
      await within('the page closes', this.page.close())
      await this.feed.close()
      expect(this.#complaints).toEqual([])
    })
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('No page is open')
    return this.#page
  }

  get feed(): FrameFeed {
    if (this.#feed === undefined) throw new Error('No frames are served')
    return this.#feed
  }

  /** Serves page and frames at `port`. */
  async startFeed(port: number): Promise<void> {
    this.#feed = await FrameFeed.start({ folder: this.#folder, port })
  }

  /** Opens a page for the test, in place of the one before, which is closed; `query`: of its address. */
  async openPage(from = this.browser, query = ''): Promise<Page> {
    if (from === undefined) throw new Error('There is no browser')
    await this.#page?.close()
    const page = await from.newPage({ viewport: canvas, deviceScaleFactor: 1 })
    this.#page = page
    page.setDefaultTimeout(pageLimitMs)
    page.on('pageerror', (error) => this.#complaints.push(String(error)))
    await page.goto(`${this.feed.url}/${query}`)
    await page.waitForFunction(() => 'harness' in globalThis)
    return page
  }

  subscribe(detectorName: string | undefined = this.feed.detectorName) {
    return this.page.evaluate((name) => harness.display.subscribe(name), detectorName)
  }

  setDisplay(settings: DisplaySettings) {
    return this.page.evaluate((wanted) => harness.display.setDisplay(wanted), settings)
  }

  setView(view: ViewTransform) {
    return this.page.evaluate((wanted) => harness.display.setView(wanted), view)
  }

  /** Waits until the display has told that it shows this frame. */
  shown(frameId: number) {
    return eventually(`frame ${frameId} is shown`, () =>
      this.page.evaluate((wanted) => harness.frames.at(-1)?.frameId === wanted, frameId),
    )
  }

  displayWorker() {
    return this.page.workers().find((worker) => worker.url().includes('display-worker'))
  }

  lastState() {
    return this.page.evaluate(() => harness.states.at(-1))
  }

  readPixels() {
    return this.page.evaluate(async () => {
      const { frame, pixels } = await harness.display.readPixels()
      return { frame, type: pixels.constructor.name, values: Array.from(pixels) }
    })
  }

  /**
   * Waits until the picture on the screen passes `check`: from a call to the screen it takes some animation frames,
   * more on a busy computer. Kept as a file when it has a name.
   */
  async seen(check: (at: PictureAt) => void, name?: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const png = await this.page.screenshot()
        if (name !== undefined) await keep(png, name)
        const { data, width: pictureWidth, channels } = decode(png)
        check((x, y) => [0, 1, 2].map((c) => data[(y * pictureWidth + x) * channels + c] ?? -1))
      },
      { timeout: 60_000, interval: 100 },
    )
  }
}

async function keep(png: Buffer, name: string): Promise<void> {
  const folder = fileURLToPath(new URL('../../test-results/display/', import.meta.url))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.png`), png)
}
