/** The viewer page that works without the app: a real server, the real Chromium. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { eventually } from '../fixtures/eventually.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { launchChromium, pageLimitMs } from './app-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

let context: BrowserContext
let page: Page
let complaints: string[]
let host: TestServer

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(pageLimitMs)
  page = await context.newPage()
  complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (/content security policy|uncaught/i.test(message.text())) complaints.push(message.text())
  })
})
afterEach(async () => {
  await context.close()
  await host.close()
})

const demo = (port = 0) =>
  startTestServer({
    config: { connections: [demoConnection({ width: 512, height: 512, frameRate: 20 })] },
    port,
  })
const open = (query = '') => page.goto(`${host.url}/webrtc_stream.html${query}`)
const toggle = () => page.locator('#toggle').click()
const text = async (id: string) => (await page.locator(`#${id}`).textContent()) ?? ''
const number = async (id: string) => Number.parseFloat((await text(id)).replaceAll(/[^\d.]/g, '') || 'NaN')
const says = (id: string, what: RegExp) => expect.poll(() => text(id), { message: id }).toMatch(what)
const isLive = () => eventually('the live picture', async () => (await text('state')) === 'Live')
async function screenshot(name: string): Promise<void> {
  const folder = fileURLToPath(new URL('../../test-results', import.meta.url))
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

describe('the viewer page', () => {
  it('shows the microscope with statistics, scale and stage, on desktop and phone, and stops', async () => {
    host = await demo()
    await open()
    await eventually('the cameras', async () => (await page.locator('#detectors option').count()) > 0)
    await toggle()
    await isLive()
    await eventually('a latency', async () => (await number('latency')) > 0)
    // A frame cannot be shown before it was exposed; loopback takes no minute, however slow the computer.
    await expect.poll(() => number('latency')).toBeLessThan(60_000)
    await eventually('a frame rate', async () => (await number('rate')) > 0)
    await eventually('frames', async () => (await number('received')) > 10)
    await says('resolution', /^512 × 512$/)
    await says('codec', /^VP8$/)
    await expect.poll(() => number('dropped')).toBeGreaterThanOrEqual(0)
    await says('bandwidth', /bit\/s$/)
    await says('round-trip', /ms$/)
    await says('scale-length', /^(1|2|5)0*\u202fµm$/)
    await says('stage', /^X.*Y.*Z.*µm$/)
    await screenshot('webrtc-page-live')
    await page.setViewportSize({ width: 390, height: 844 })
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(390)
    await screenshot('webrtc-page-phone')

    await toggle()
    await says('state', /^Stopped$/)
    await eventually('the end of the session', () => host.engine.viewers.list().length === 0)
    expect(complaints).toEqual([])
  })

  it('knows which frame it shows', async () => {
    // Every pixel holds the frame's number; a window that follows it makes it a grey that says it, 5 greys per frame.
    // Few frames a second: a page that is late by less than one shows the right one.
    host = await startTestServer({
      config: { connections: [testConnection({ width: 320, height: 240, frameRate: 5 })] },
    })
    const showAround = (sequence: number) =>
      host.engine.liveView.setStreamParams({
        protocol: 'webrtc',
        params: { windowMode: 'manual', windowLow: Math.max(0, sequence - 15), windowHigh: sequence + 35 },
      })
    showAround(15)
    await open()
    await page.evaluate(() => {
      const video = document.querySelector('video')
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      if (video === null || canvas === null) throw new Error('The page has no video')
      const seen = { newest: 0, errors: new Array<number>() }
      Object.assign(window, { seen })
      video.addEventListener('framenote', (event) => {
        if (!(event instanceof CustomEvent)) return
        const { note, exact } = event.detail
        seen.newest = note?.sequence ?? 0
        canvas.drawImage(video, 0, 0, 1, 1)
        const grey = canvas.getImageData(0, 0, 1, 1).data[0] ?? 0
        if (!exact || grey < 10 || grey > 245) return
        const { low, high } = note.window
        seen.errors.push(note.sequence - (low + (grey / 255) * (high - low)))
      })
    })
    await toggle()
    const seenSchema = z.object({ newest: z.number(), errors: z.array(z.number()) })
    const { errors } = await eventually('frames with notes', async () => {
      const seen = seenSchema.parse(await page.evaluate((): unknown => Reflect.get(window, 'seen')))
      if (seen.errors.length >= 20) return seen
      showAround(seen.newest)
      await page.waitForTimeout(500)
      return undefined
    })
    // Greys are rounded twice on their way. Where the page is late, the canvas may get the frame after the one told of.
    const right = errors.filter((error) => Math.abs(error) < 0.5)
    expect(right.length, JSON.stringify(errors)).toBeGreaterThan(errors.length / 2)
  })

  it('comes back by itself when the server does', async () => {
    const port = await lastingPort()
    host = await demo(port)
    await open('?start')
    await isLive()
    await host.close()
    await eventually('that it tries', async () => (await text('state')) === 'Reconnecting')
    host = await demo(port)
    await isLive()
    await page.locator('#problem').waitFor({ state: 'hidden' })
  })

  it('does not start again what was stopped at the microscope', async () => {
    host = await demo()
    await open('?start')
    await isLive()
    await host.engine.liveView.stopLiveView({})
    await eventually('the reason', async () => /ended/.test(await text('problem-message')))
    await says('toggle', /^Start$/)
    expect(host.engine.liveView.getActiveStreams()).toEqual([])
    await screenshot('webrtc-page-ended')
    await toggle()
    await isLive()
  })

  it('says what is wrong and what to do', async () => {
    host = await demo()
    await open('?detector=Nothing')
    await toggle()
    await eventually('the problem', async () => (await text('problem-message')).includes('Nothing'))
    await says('toggle', /^Start$/)
    await page.locator('#detector').fill('')
    await page.locator('#connection summary').click()
    await page.locator('#server').fill('http://127.0.0.1:9')
    await toggle()
    await eventually('the problem', async () => (await text('problem-message')).includes('does not answer'))
    await says('problem-hint', /./)
    expect(complaints).toEqual([])
  })
})
