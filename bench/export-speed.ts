/**
 * Pictures per second of exports: the built app in Chromium, images from an OME-TIFF, by each way; and how fast planes are
 * fetched alone. `node bench/export-speed.ts [--size 512] [--images 200]` (needs `npm run build`).
 */
import { parseArgs } from 'node:util'
import { ExportSeries } from './browser/export-series.ts'

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

const series = await ExportSeries.record({ size, images, frameRate: 100 })
try {
  console.log(`${size} x ${size}, planes fetched alone: ${(await fetchSpeed()).toFixed(1)} pictures/s`)
  for (const { label, by } of ways)
    console.log(`${label}, ${by}: ${(await speedOf(label, by)).toFixed(1)} pictures/s`)
} finally {
  await series.close()
}

/** Planes to a page that does nothing with them, six at a time. */
async function fetchSpeed(): Promise<number> {
  const { page, close } = await series.open()
  const { items } = await series.server.engine.gallery.list({ search: 'series' })
  const id = items[0]?.id ?? ''
  const [dataset] = (await series.server.engine.gallery.open(id)).datasets
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
  const { app, dialog } = await series.openDialog(label, by)
  const begun = performance.now()
  await Promise.all([
    app.page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ])
  const speed = (1000 * images) / (performance.now() - begun)
  await app.close()
  return speed
}
