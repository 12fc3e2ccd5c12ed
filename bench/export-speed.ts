/**
 * Pictures per second of exports: the built app in Chromium, 200 images of 512 × 512 from an OME-TIFF, by each way.
 * `node bench/export-speed.ts` (needs `npm run build`).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoConnection } from '../src-main/engine/connections.ts'
import { appFolder, launchChromium, openApp } from '../tests/browser/app-page.ts'
import { startTestServer } from '../tests/fixtures/test-server.ts'

const images = 200
const ways = [
  { label: 'MP4 video', by: 'WebCodecs' },
  { label: 'MP4 video', by: 'WebAssembly' },
  { label: 'WebM video', by: 'WebCodecs' },
  { label: 'GIF', by: 'gifenc' },
  { label: 'Pictures as shown', by: 'PNG of the browser' },
  { label: 'Raw values (PNG)', by: 'fast-png' },
  { label: 'Raw values (OME-TIFF)', by: 'our writer' },
] as const

const folder = await mkdtemp(join(tmpdir(), 'coverslip-bench-'))
const config = {
  connections: [demoConnection({ width: 512, height: 512, frameRate: 100 })],
  dataFolder: folder,
}
const server = await startTestServer({ config, appFolder })
const browser = await launchChromium()
try {
  const { recorder } = server.engine
  await recorder.start({ name: 'series', until: { kind: 'frames', frames: images } })
  while (recorder.status?.state !== 'finished') await new Promise((resolve) => setTimeout(resolve, 50))
  for (const { label, by } of ways)
    console.log(`${label}, ${by}: ${(await speedOf(label, by)).toFixed(1)} pictures/s`)
} finally {
  await browser.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}

async function speedOf(label: string, by: string): Promise<number> {
  const { page, close } = await openApp(browser, server.url)
  await page.evaluate(() => Object.assign(window, { showSaveFilePicker: undefined }))
  if (by === 'WebAssembly') {
    await page.route('**/workers/export-worker-*.js', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: `delete self.VideoEncoder;${await response.text()}` })
    })
  }
  // The live view would take its share of the processor.
  await page.getByRole('button', { name: 'Stop live view' }).click()
  await page.getByText('Gallery', { exact: true }).first().click()
  await page.getByRole('button', { name: 'More about series' }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Format' }).click()
  await page.getByRole('option', { name: label }).click()
  const begun = performance.now()
  const download = page.waitForEvent('download', { timeout: 60_000 })
  await dialog.getByRole('button', { name: 'Export' }).click()
  await download
  const speed = (1000 * images) / (performance.now() - begun)
  await close()
  return speed
}
