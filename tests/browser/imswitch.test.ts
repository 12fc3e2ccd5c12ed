/** A page that speaks ImSwitch's interface in a real browser, served as a copy of ImSwitch's own pages would be. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build } from 'vite'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { eventually } from '../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { within } from '../fixtures/within.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'
import './imswitch-page/harness.ts'

describe('a page that speaks ImSwitch’s interface', () => {
  let folder: string
  let outDir: string
  let host: TestServer
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-imswitch-'))
    outDir = join(folder, 'ui')
    await build({
      configFile: false,
      root: fileURLToPath(new URL('./imswitch-page/', import.meta.url)),
      base: '/imswitch/ui/',
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true, target: 'esnext' },
    })
    browser = await launchChromium([])
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    complaints.length = 0
    host = await startTestServer({
      config: {
        connections: [demoConnection({ width: 512, height: 384, frameRate: 20 })],
        dataFolder: join(folder, 'data'),
      },
      imswitchUi: outDir,
    })
    page = await browser.newPage()
    page.setDefaultTimeout(pageLimitMs)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(`${host.url}/imswitch/`)
    await page.waitForFunction(() => 'imswitch' in globalThis)
  })
  afterEach(async () => {
    await within('the page closes', page.close())
    await host.close()
    expect(complaints).toEqual([])
  })

  const call = (path: string, body?: unknown) =>
    page.evaluate(([to, what]) => imswitch.call(String(to), what), [path, body] as const)
  const drawn = async (protocol: string) => (await page.evaluate(() => imswitch.drawn))[protocol] ?? 0
  const params = { subsampling_factor: 1, throttle_ms: 33 }

  test.each([['jpeg'], ['binary']])('shows %s frames and goes on getting more', async (protocol) => {
    const started = await call(`LiveViewController/startLiveView?protocol=${protocol}`, params)
    expect(started).toMatchObject({ status: 'success', protocol })
    await eventually('frames are drawn', async () => (await drawn(protocol)) > 10)
    const count = await drawn(protocol)
    await eventually('more frames are drawn', async () => (await drawn(protocol)) > count + 10)
    expect(await page.evaluate(() => imswitch.greys())).toBeGreaterThan(20)
    expect(await call('LiveViewController/stopLiveView')).toMatchObject({ status: 'success' })
  })

  test('shows MJPEG in an image, starting and stopping it', async () => {
    await page.evaluate(() => imswitch.showMjpeg())
    await eventually('the image is there', () =>
      page.evaluate(() => (document.querySelector<HTMLImageElement>('#mjpeg')?.naturalWidth ?? 0) > 0),
    )
    expect(await call('LiveViewController/getActiveStreams')).toMatchObject({
      active_streams: [{ detector: 'camera', protocol: 'mjpeg' }],
    })
    await call('LiveViewController/mjpeg_stream?startStream=false')
    await page.evaluate(() => imswitch.hideMjpeg())
    expect(await call('LiveViewController/getLiveViewActive')).toBe(false)
  })

  test('moves the stage, sets the exposure and snaps', async () => {
    expect(await page.evaluate(() => imswitch.capabilities)).toMatchObject({ binary_streaming: true })
    await call('PositionerController/movePositioner?axis=X&dist=30&isBlocking=false')
    await eventually('the position is told', async () => {
      const position = JSON.stringify(await page.evaluate(() => imswitch.position))
      return position.includes('"X":30')
    })
    await call('SettingsController/setDetectorExposureTime?exposureTime=7')
    expect(await call('SettingsController/getDetectorParameters')).toMatchObject({ exposure: 7 })
    await call('RecordingController/startSnap?saveFormat=6&fileName=page')
    const done = await eventually('the snap is done', async () => {
      const state = await call('RecordingController/getSnapStatus')
      return Object(state)['status'] === 'done' ? state : undefined
    })
    const path = String(Object(done)['result'].relativeFilePath)
    expect(path).toMatch(/page_camera\.jpg$/)
    const size = await page.evaluate(async (file) => {
      const response = await fetch(`/imswitch/api/FileManager/download${file}`)
      const bitmap = await createImageBitmap(await response.blob())
      return [bitmap.width, bitmap.height]
    }, path)
    expect(size).toEqual([512, 384])
  })
})
