/** The app watching by WebRTC: video through the same view as every other stream. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import { startSharedMicroscope } from '../fixtures/shared-microscope.ts'
import { appFolder, brightness, imageArea, launchChromium, openApp } from './app-page.ts'

function hasWebrtc(): boolean {
  try {
    import.meta.resolve('@roamhq/wrtc')
    return true
  } catch {
    console.log('Skipped: @roamhq/wrtc has no build for this computer.')
    return false
  }
}

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

describe.skipIf(!hasWebrtc())('watching by WebRTC', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  it('shows the video with scale, values and figures, alone and beside another protocol', async () => {
    const folder = await temporaryFolder()
    const microscope = await startSharedMicroscope({ dataFolder: folder.path, appFolder })
    const app = await openApp(browser, microscope.url, { width: 1100, height: 900 })
    const { page } = app
    const protocols = () =>
      microscope.engine.liveView
        .getActiveStreams()
        .map(({ protocol }) => protocol)
        .toSorted()
    const watched = () =>
      microscope.engine.viewers.list().map(({ client, protocol }) => `${client} ${protocol}`)
    const anImage = () => eventually('an image', async () => (await brightness(page)).deviation > 4)
    try {
      await anImage()
      await choose(page, 'Protocol', 'WebRTC')
      await eventually('the video’s stream alone', () => protocols().join() === 'webrtc')
      await eventually('a WebRTC viewer', () => watched().join() === 'app webrtc')
      await anImage()
      const counters = page.getByRole('button', { name: 'Frame counters' })
      await eventually('figures', async () =>
        /[1-9][\d.]* shown.*\d+ ms.*\d+ ms round trip/.test((await counters.textContent()) ?? ''),
      )
      const box = await imageArea(page).boundingBox()
      if (box === null) throw new Error('no image')
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      const readout = page.getByLabel('Pixel under the pointer')
      await eventually('a read-out', async () =>
        /^x \d+ y \d+ · ≈ \d+ ADU · −?[\d.]+, −?[\d.]+ µm$/.test((await readout.textContent()) ?? ''),
      )
      await page.getByRole('img', { name: /^Scale bar:/ }).waitFor()
      // A double click brings the place to the middle, as with any other stream.
      await page.mouse.dblclick(box.x + box.width / 2 + 100, box.y + box.height / 2)
      await eventually('the stage', () => Number(microscope.engine.devices.device('stage').position?.x) > 0)
      await app.screenshot('webrtc-view')

      microscope.engine.settings.change({ sharing: 'concurrent' })
      await choose(page, 'Watch by', 'Lossless')
      await eventually('both streams', () => protocols().join() === 'binary,webrtc')
      await eventually('a lossless viewer', () => watched().join() === 'app binary')
      await anImage()
      await choose(page, 'Watch by', 'WebRTC')
      await eventually('a WebRTC viewer again', () => watched().join() === 'app webrtc')
      await anImage()

      // What is stopped stays so: the page must not ask for video again, which would start it.
      await page.getByRole('button', { name: 'Stop live view' }).click()
      await page.getByRole('button', { name: 'Start live view' }).first().waitFor()
      await page.waitForTimeout(2500)
      expect(protocols()).toEqual([])
      expect(app.complaints).toEqual([])
    } finally {
      await app.close()
      await microscope.close()
      await folder.remove()
    }
  })
})
