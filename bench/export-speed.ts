/**
 * Pictures per second of exports: the built app in Chromium, images from an OME-TIFF, by each way; and how fast planes are
 * fetched alone. `node bench/export-speed.ts [--size 512] [--images 200]` (needs `npm run build`).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { demoConnection } from '../src-main/engine/connections.ts'
import { appFolder, launchChromium, openApp } from '../tests/browser/app-page.ts'
import { startTestServer } from '../tests/fixtures/test-server.ts'

const { values } = parseArgs({
  options: { size: { type: 'string', default: '512' }, images: { type: 'string', default: '200' } },
})
const [size, images] = [Number(values.size), Number(values.images)]
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
  connections: [demoConnection({ width: size, height: size, frameRate: 100 })],
  dataFolder: folder,
}
const server = await startTestServer({ config, appFolder })
const browser = await launchChromium()
try {
  const { recorder } = server.engine
  await recorder.start({ name: 'series', until: { kind: 'frames', frames: images } })
  while (recorder.status?.state !== 'finished') await new Promise((resolve) => setTimeout(resolve, 50))
  console.log(`${size} x ${size}, planes fetched alone: ${(await fetchSpeed()).toFixed(1)} pictures/s`)
  for (const { label, by } of ways)
    console.log(`${label}, ${by}: ${(await speedOf(label, by)).toFixed(1)} pictures/s`)
} finally {
  await browser.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}

/** Planes to a page that does nothing with them, six at a time. */
async function fetchSpeed(): Promise<number> {
  const { page, close } = await openApp(browser, server.url)
  await page.getByRole('button', { name: 'Stop live view' }).click()
  const { items } = await server.engine.gallery.list({ search: 'series' })
  const id = items[0]?.id ?? ''
  const [dataset] = (await server.engine.gallery.open(id)).datasets
  const begun = performance.now()
  await page.evaluate(
    async ({ all, ...place }) => {
      let next = 0
      const fetchMore = async () => {
        while (next < all) {
          const body = JSON.stringify({ ...place, index: { t: next++ } })
          const headers = { 'content-type': 'application/json' }
          const answer = await fetch('/api/gallery/plane', { method: 'POST', headers, body })
          await answer.arrayBuffer()
        }
      }
      await Promise.all(Array.from({ length: 6 }, fetchMore))
    },
    { id, dataset: dataset?.name ?? '', all: images },
  )
  const speed = (1000 * images) / (performance.now() - begun)
  await close()
  return speed
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
  const download = page.waitForEvent('download', { timeout: 120_000 })
  await dialog.getByRole('button', { name: 'Export' }).click()
  await download
  const speed = (1000 * images) / (performance.now() - begun)
  await close()
  return speed
}
