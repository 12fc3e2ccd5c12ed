/** A microscope whose gallery holds the known stack, and pages that show it. */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import { writeKnownStack } from '../fixtures/known-stack.ts'
import { type SharedMicroscope, startSharedMicroscope } from '../fixtures/shared-microscope.ts'
import { type AppPage, appFolder, launchChromium, openApp, type OpenOptions } from './app-page.ts'

export type GalleryPages = {
  readonly microscope: () => SharedMicroscope
  /** Path of what was kept, below its recordings. */
  readonly recordings: (...names: string[]) => string
  /** Opens the app, by default as the owner. */
  readonly open: (options?: OpenOptions & { readonly url?: string }) => Promise<Page>
  /** Opens the app at its gallery. */
  readonly openGallery: (options?: OpenOptions & { readonly url?: string }) => Promise<Page>
  /** Keeps a picture of the page that was opened last. */
  readonly screenshot: (name: string) => Promise<void>
}

/** Sets them up for the tests of a file: one browser, and for each test a microscope and a data folder of its own. */
export function setUpGalleryPages(): GalleryPages {
  let browser: Browser
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let microscope: SharedMicroscope
  const apps: AppPage[] = []
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    folder = await temporaryFolder()
    await writeKnownStack(join(folder.path, 'recordings', '2026-11-27'))
    microscope = await startSharedMicroscope({ dataFolder: folder.path, appFolder })
  })
  afterEach(async () => {
    const complaints = apps.flatMap((app) => app.complaints)
    for (const app of apps.splice(0)) await app.close()
    await microscope.close()
    await folder.remove()
    expect(complaints).toEqual([])
  })

  const open: GalleryPages['open'] = async ({ url = microscope.url, ...options } = {}) => {
    const app = await openApp(browser, url, options)
    apps.push(app)
    return app.page
  }
  return {
    microscope: () => microscope,
    recordings: (...names) => join(folder.path, 'recordings', ...names),
    open,
    openGallery: async (options) => {
      const page = await open(options)
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Gallery' }).click()
      return page
    },
    screenshot: async (name) => apps.at(-1)?.screenshot(name),
  }
}
