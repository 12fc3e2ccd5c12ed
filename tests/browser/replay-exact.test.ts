/** What the screen tells of a real 16-bit image must be what is in its file. */
import { join } from 'node:path'
import { fromFile } from 'geotiff'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { replayConnection } from '../../src-main/engine/connections.ts'
import { eventually } from '../fixtures/eventually.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'
import { startTestServer } from '../fixtures/test-server.ts'
import { appFolder, imageArea, launchChromium, openApp } from './app-page.ts'

let browser: Browser
let data: SharedData
beforeAll(async () => {
  browser = await launchChromium()
  data = await sharedData()
})
afterAll(async () => {
  await browser.close()
  await data.remove()
})

it('reads out the pixel values of the source image', async () => {
  const tiff = await fromFile(join(data.nuclei, 'nuclei_u16_512.tif'))
  const image = await tiff.getImage()
  const [pixels] = await image.readRasters()
  if (!(pixels instanceof Uint16Array)) throw new Error('The image is not of 16 bits')
  const width = image.getWidth()

  const server = await startTestServer({
    config: { connections: [replayConnection(data.nuclei)] },
    appFolder,
  })
  const app = await openApp(browser, server.url)
  try {
    const readout = app.page.getByLabel('Pixel under the pointer')
    const box = await imageArea(app.page).boundingBox()
    if (box === null) throw new Error('no image')
    const seen: { x: number; y: number; shown: number; file: number }[] = []
    for (let i = 0; i < 40; i++) {
      // Along a spiral through the image, which fills the height of the area.
      const angle = i * 2.4
      const radius = (box.height / 2 - 4) * Math.sqrt(i / 40)
      await app.page.mouse.move(
        box.x + box.width / 2 + radius * Math.cos(angle),
        box.y + box.height / 2 + radius * Math.sin(angle),
      )
      const before = seen.at(-1)
      const found = await eventually('the read-out of a new place', async () => {
        const match = /^x (\d+) y (\d+) · (\d+) ADU/.exec((await readout.textContent()) ?? '')
        if (match === null) return undefined
        const [x, y, shown] = match.slice(1).map(Number)
        if (x === undefined || y === undefined || shown === undefined) return undefined
        return x === before?.x && y === before.y ? undefined : { x, y, shown }
      })
      seen.push({ ...found, file: pixels[found.y * width + found.x] ?? -1 })
    }
    expect(seen.map(({ x, y, shown }) => ({ x, y, value: shown }))).toEqual(
      seen.map(({ x, y, file }) => ({ x, y, value: file })),
    )
    expect(new Set(seen.map(({ shown }) => shown)).size).toBeGreaterThan(5)
    await app.screenshot('replay-nuclei')
    expect(app.complaints).toEqual([])
  } finally {
    await app.close()
    await server.close()
    await tiff.close()
  }
})
