/** The MJPEG stream in an `<img>` of Chromium. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'

describe('MJPEG in an <img>', () => {
  let browser: Browser
  let host: TestServer
  let page: Page

  beforeAll(async () => {
    browser = await launchChromium([])
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    const camera = { width: 96, height: 64, frameRate: 25 }
    host = await startTestServer({ config: { connections: [testConnection(camera)] } })
    page = await browser.newPage()
    page.setDefaultTimeout(pageLimitMs)
    // Any page of this server: an image of the same origin may be read back.
    await page.goto(`${host.url}/api/docs/init.js`)
  })
  afterEach(async () => {
    await page.close()
    await host.close()
  })

  const show = () =>
    page.evaluate(() => {
      const image = document.createElement('img')
      image.id = 'live'
      image.src = '/liveview/mjpeg_stream?windowMode=full&quality=95'
      document.body.replaceChildren(image)
    })

  /** What the image shows now: its size, and the grey of its middle and of a corner. */
  const look = () =>
    page.evaluate(() => {
      const image = document.querySelector<HTMLImageElement>('#live')
      if (image === null || image.naturalWidth === 0) return undefined
      const canvas = document.createElement('canvas')
      canvas.width = image.naturalWidth
      canvas.height = image.naturalHeight
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('No canvas')
      context.drawImage(image, 0, 0)
      const grey = (x: number, y: number) => context.getImageData(x, y, 1, 1).data[0] ?? 0
      return {
        width: image.naturalWidth,
        height: image.naturalHeight,
        middle: grey(48, 32),
        corner: grey(0, 63),
      }
    })

  it('shows each new frame', async () => {
    await show()
    const first = await eventually('an image', look)
    expect(first).toMatchObject({ width: 96, height: 64 })
    expect(Math.abs(first.middle - first.corner)).toBeLessThan(3)
    // The camera's grey is its frame number: 16 frames for each step.
    const later = await eventually('brighter images', async () => {
      const seen = await look()
      return seen !== undefined && seen.middle >= first.middle + 4 ? seen : undefined
    })
    expect(Math.abs(later.middle - later.corner)).toBeLessThan(3)
    expect(host.engine.viewers.list()).toMatchObject([{ client: 'mjpeg', protocol: 'mjpeg' }])
  })

  it('ends with the element', async () => {
    await show()
    await eventually('an image', look)
    await page.goto('about:blank')
    await eventually('no viewer', () => host.engine.viewers.list().length === 0)
    await eventually('the end of the stream', () => host.engine.liveView.getActiveStreams().length === 0)
  })

  it('shows one triggered frame at once, without waiting for the next', async () => {
    await host.engine.devices.setProperty('test-camera', 'triggerMode', 'software')
    await show()
    // The stream's worker has reported: it is there to take the frame.
    await eventually('a viewer', () => host.engine.liveView.getDiagnostics({})[0]?.network.viewers === 1)
    await host.engine.devices.trigger('test-camera')
    expect(await eventually('the frame', look)).toMatchObject({ width: 96, height: 64 })
  })
})
