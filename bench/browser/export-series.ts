/** A recorded series in the built app in Chromium, to be exported by its dialog. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { appFolder, type AppPage, launchChromium, openApp } from '../../tests/browser/app-page.ts'
import { eventually } from '../../tests/fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../../tests/fixtures/test-server.ts'

/** Longest that an export may take, ms. */
const exportMs = 120_000

export class ExportSeries {
  readonly folder: string
  readonly server: TestServer
  readonly #browser: Browser

  private constructor(folder: string, server: TestServer, browser: Browser) {
    this.folder = folder
    this.server = server
    this.#browser = browser
  }

  /** Records so many square images under the name `series`. */
  static async record(options: {
    /** Side of an image, pixels. */
    readonly size: number
    readonly images: number
    readonly frameRate: number
  }): Promise<ExportSeries> {
    const { size, images, frameRate } = options
    const folder = await mkdtemp(join(tmpdir(), 'coverslip-bench-'))
    const connections = [demoConnection({ width: size, height: size, frameRate })]
    const server = await startTestServer({ config: { connections, dataFolder: folder }, appFolder })
    const series = new ExportSeries(folder, server, await launchChromium())
    const { recorder } = server.engine
    await recorder.start({ name: 'series', until: { kind: 'frames', frames: images } })
    await eventually('the end of the recording', () => recorder.status?.state === 'finished', exportMs)
    return series
  }

  /** Opens the app without live view, which would take its share of the processor. */
  async open(): Promise<AppPage> {
    const app = await openApp(this.#browser, this.server.url)
    await app.page.getByRole('button', { name: 'Stop live view' }).click()
    return app
  }

  /** Opens the dialog at a format; `by` WebAssembly: in a browser without WebCodecs. */
  async openDialog(format: string, by = ''): Promise<{ readonly app: AppPage; readonly dialog: Locator }> {
    const app = await this.open()
    const { page } = app
    page.setDefaultTimeout(exportMs)
    await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }))
    if (by === 'WebAssembly') {
      await page.route('**/workers/export-worker-*.js', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, body: `delete self.VideoEncoder;${await response.text()}` })
      })
    }
    await page.getByText('Gallery', { exact: true }).first().click()
    await page.getByRole('button', { name: 'More about series' }).click()
    await page.getByRole('menuitem', { name: 'Export' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Format' }).click()
    await page.getByRole('option', { name: format }).click()
    return { app, dialog }
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.server.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}
