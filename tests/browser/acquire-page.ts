/** The Acquire view of the demo microscope in Chromium: set up anew for each test of a file; and what users do in it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { demoConnection } from '../../src-main/engine/connections.ts'
import type { Engine } from '../../src-main/engine/create-engine.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, launchChromium, openApp, type OpenOptions } from './app-page.ts'

export type AcquirePages = {
  readonly server: { readonly engine: Engine }
  /** Opens the view, by default as the owner. */
  openAcquire(options?: OpenOptions, url?: string): Promise<AppPage>
}

/** One browser for the tests of a file, and for each test a microscope, a server and a data folder of its own. */
export function setUpAcquirePages(): AcquirePages {
  let browser: Browser
  let server: TestServer
  let dataFolder: string
  const pages: AppPage[] = []
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-acquire-'))
    // Small and slow: a software renderer draws it.
    const connections = [demoConnection({ width: 256, height: 256, frameRate: 8 })]
    server = await startTestServer({ config: { dataFolder, connections }, appFolder })
  })
  afterEach(async () => {
    const complaints = pages.flatMap((app) => app.complaints)
    for (const { close } of pages.splice(0)) await close()
    await server.close()
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    expect(complaints).toEqual([])
  })
  return {
    server: {
      get engine() {
        return server.engine
      },
    },
    openAcquire: async (options = {}, url = server.url) => {
      const app = await openApp(browser, url, { width: 1440, height: 1000, ...options })
      pages.push(app)
      const views = app.page.getByRole('navigation', { name: 'Views' })
      await views.getByRole('button', { name: 'Acquire' }).click()
      return app
    },
  }
}

export const section = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
export const toggle = (page: Page, name: string): Promise<void> =>
  section(page, name).getByRole('switch').locator('xpath=..').click()
export const row = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })
export const takes = (page: Page): Locator => page.getByRole('status', { name: 'What it takes' })
export const start = (page: Page): Locator => page.getByRole('button', { name: 'Start acquisition' })

/** A button that tells at the pointer why it cannot be pressed. */
export const isRefused = (button: Locator) =>
  expect.poll(() => button.getAttribute('aria-disabled'), { message: String(button) }).toBe('true')

export async function fill(field: Locator, text: string): Promise<void> {
  await field.fill(text)
  await field.press('Enter')
}

/** Chooses `option` of the list that unfolds from the field `name` within `part`. */
export async function choose(page: Page, part: Locator, name: string, option: string): Promise<void> {
  await part.getByRole('combobox', { name }).or(part.getByRole('textbox', { name })).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Puts a usual experiment into the editor. */
export async function template(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Templates' }).click()
  await page.getByRole('dialog', { name: 'Templates' }).getByRole('button', { name }).click()
}

/** A file as the picker takes it. */
export const file = (name: string, text: string) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(text),
})

/** Opens a plan file by the picker. */
export async function load(page: Page, plan: Readonly<Record<string, unknown>>): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(file('plan.json', JSON.stringify(plan)))
}

/** Two channels, four planes and two positions. */
export const twoPlaces = {
  channels: ['GFP', 'DAPI'],
  z_plan: { top: 4, bottom: -2, step: 2 },
  stage_positions: [
    { x: 0, y: 0, z: 0, name: 'left' },
    { x: 120, y: 40, z: 0 },
  ],
}
