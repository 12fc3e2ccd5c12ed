/** The built app in Debian's Chromium, for the browser tests. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decode } from 'fast-png'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { findChromium } from '../../bench/browser/chromium.ts'
import { within } from '../fixtures/within.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where `npm run build` puts the app. */
export const appFolder = join(root, 'out', 'renderer')

/** Limit for everything that a test does in a page; for hanging only, as a loaded machine may take long. */
export const pageLimitMs = 90_000

const softwareGl = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']

/**
 * Starts Chromium, by default with WebGL by software. `CHROMIUM_PATH` names another one than the system's.
 * @throws Error when there is none
 */
export async function launchChromium(graphics: readonly string[] = softwareGl): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('No Chromium is installed (CHROMIUM_PATH may name one)')
  return chromium.launch({
    executablePath,
    timeout: pageLimitMs,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--force-color-profile=srgb', ...graphics],
  })
}

export type AppPage = {
  readonly page: Page
  /** Complaints of the page so far: uncaught errors and violations of the security policy. */
  readonly complaints: readonly string[]
  /** Keeps a picture in `test-results/`. */
  screenshot(name: string): Promise<void>
  close(): Promise<void>
}

export type OpenOptions = {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'dark' | 'light'
}

/** Opens the app at `url` in a fresh profile. */
export async function openApp(browser: Browser, url: string, options: OpenOptions = {}): Promise<AppPage> {
  if (!existsSync(join(appFolder, 'index.html'))) throw new Error('The app is not built: npm run build')
  const { width = 1440, height = 900, theme = 'dark' } = options
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: width < 600 })
  context.setDefaultTimeout(pageLimitMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (/content security policy|uncaught/i.test(message.text())) complaints.push(message.text())
  })
  await page.addInitScript((scheme) => {
    localStorage.setItem('mantine-color-scheme-value', scheme)
  }, theme)
  await page.goto(url)
  return {
    page,
    complaints,
    screenshot: async (name) => {
      const folder = join(root, 'test-results')
      await mkdir(folder, { recursive: true })
      await page.screenshot({ path: join(folder, `${name}.png`) })
    },
    close: () => within('the page closes', context.close()),
  }
}

/** The live image's area. */
export function imageArea(page: Page): Locator {
  return page.getByRole('application', { name: 'Live image' })
}

/** What is on the screen, in values of 0 to 255. */
export type Picture = {
  readonly mean: number
  /** How much it varies: the standard deviation. */
  readonly deviation: number
  /** How far red lies above blue, on average. */
  readonly colour: number
}

/** What is seen of the one live image. */
export function brightness(page: Page): Promise<Picture> {
  return pictureOf(imageArea(page))
}

/** Above the middle of a live image, where no message lies: of its red. */
export async function pictureOf(area: Locator): Promise<Picture> {
  const box = await area.boundingBox()
  if (box === null) throw new Error('The image is not on the page')
  const clip = {
    x: box.x + box.width * 0.3,
    y: box.y + box.height * 0.3,
    width: Math.min(200, box.width * 0.4),
    height: Math.min(100, box.height * 0.15),
  }
  const { data, channels } = decode(await area.page().screenshot({ clip }))
  let [sum, squares, blue] = [0, 0, 0]
  const count = data.length / channels
  for (let i = 0; i < data.length; i += channels) {
    const value = Number(data[i])
    sum += value
    squares += value * value
    blue += Number(data[i + 2])
  }
  const mean = sum / count
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    colour: (sum - blue) / count,
  }
}
