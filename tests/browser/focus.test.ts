/** Finding the focus as a user does: a real engine with the demo microscope, a real server, a real browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoConnection } from '../../src-main/engine/connections.ts'
import type { EngineConfig } from '../../src-main/engine/create-engine.ts'
import { eventually } from '../fixtures/eventually.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { loggedConnection } from '../fixtures/logged-microscope.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, imageArea, launchChromium, openApp } from './app-page.ts'

describe('focus by the image in the browser', () => {
  let browser: Browser
  let server: TestServer
  let app: AppPage
  let dataFolder: string

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-focus-'))
  })
  afterEach(async () => {
    expect(app.complaints).toEqual([])
    await app.close()
    await server.close()
    await rm(dataFolder, { recursive: true, force: true })
  })

  const demo = { connections: [demoConnection({ width: 256, height: 256, frameRate: 20 })] }
  const startServer = (config: EngineConfig, port = 0) =>
    startTestServer({ config: { ...config, dataFolder }, appFolder, port })
  async function openPage(): Promise<void> {
    app = await openApp(browser, server.url)
    await app.page.getByRole('button', { name: 'Stop live view' }).waitFor()
  }
  /** The demo microscope, whose slide lies at 0. */
  async function openDemo(port = 0): Promise<void> {
    server = await startServer(demo, port)
    await server.engine.devices.moveStage('stage', { z: 11 }, 'absolute')
    await openPage()
  }
  const panel = () => app.page.getByRole('group', { name: 'Focus by the image' })
  const button = (name: string) => panel().getByRole('button', { name })
  const zUm = async () => (await server.engine.devices.readPosition('stage')).z ?? Number.NaN

  it('finds the focus at a click, and shows the curve and where it is', async () => {
    await openDemo()
    const range = panel().getByRole('textbox', { name: 'Range of the search' })
    await range.fill('30')
    await range.press('Enter')
    await button('Find focus').click()
    await panel()
      .getByText(/^Focus at z = −?0\.\d\d µm$/)
      .waitFor()
    expect(Math.abs(await zUm())).toBeLessThan(0.5)
    await panel()
      .getByRole('img', { name: /^Sharpness from z = −4\.0 to 26\.0 µm, focus at −?0\.\d\d µm$/ })
      .waitFor()
    await button('Find focus').waitFor()
    await app.screenshot('focus-found')
  })

  it('finds and stops by the key, pressed twice or held, and goes back where it was', async () => {
    // The first move of the search ends only when it is stopped.
    const log = join(dataFolder, 'log')
    const connection = loggedConnection(log, { focusUm: 3, endless: 'z to -14' })
    server = await startServer({ connections: [connection] })
    const { devices } = server.engine
    await devices.setProperty('camera', 'triggerMode', 'software')
    await devices.moveStage('z', { z: 11 }, 'absolute')
    await openPage()
    const states: string[] = []
    server.engine.on((event) => event.type === 'focusChanged' && states.push(event.focus.state))
    await imageArea(app.page).focus()
    /** All in one turn of the page: no answer can come between them. */
    const press = (...repeats: boolean[]) =>
      imageArea(app.page).evaluate((element, all) => {
        for (const repeat of all)
          element.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'F', shiftKey: true, bubbles: true, repeat }),
          )
      }, repeats)
    await press(false, false, true, true)
    await panel()
      .getByText(/^Searching, \d+ planes$/)
      .waitFor()
    await press(true, false, false, true)
    await panel().getByText('Stopped; z is back where it was').waitFor()
    expect(await devices.readPosition('z')).toMatchObject({ z: 11 })
    expect(states).toEqual(['searching', 'stopped'])
    expect(await app.page.getByRole('alert').count()).toBe(0)
  })

  it('says why there is no focus to be found', async () => {
    await openDemo()
    await server.engine.devices.moveStage('stage', { z: 40 }, 'absolute')
    await button('Find focus').click()
    await app.page.getByText('The focus was not found').waitFor()
    await panel().getByText('The image is sharpest at the lower end of the range, z = 15 µm').waitFor()
    expect(await zUm()).toBe(40)
  })

  it('shows how sharp the live image is while the focus is turned', async () => {
    await openDemo()
    await server.engine.devices.moveStage('stage', { z: 0 }, 'absolute')
    await panel().getByRole('checkbox', { name: 'Live sharpness' }).check()
    const share = panel().getByRole('meter', { name: 'Sharpness, share of the best' })
    const value = async () => Number(await share.evaluate((meter: HTMLMeterElement) => meter.value))
    await eventually('a score', async () => (await value()) > 0.8)
    await server.engine.devices.moveStage('stage', { z: 11 }, 'absolute')
    await eventually('a blurred image', async () => (await value()) < 0.5)
    await app.screenshot('focus-live-sharpness')
    await server.engine.devices.moveStage('stage', { z: 0 }, 'absolute')
    await eventually('a sharp image', async () => (await value()) > 0.8)
  })

  it('shows how sharp the live image is again when the connection is back', async () => {
    const port = await lastingPort()
    await openDemo(port)
    await panel().getByRole('checkbox', { name: 'Live sharpness' }).check()
    const share = panel().getByText(/^\d+ %$/)
    await share.waitFor()
    await server.close()
    await share.waitFor({ state: 'detached' })
    server = await startServer(demo, port)
    await share.waitFor()
  })

  it('is found by the image in a plan, where the user asks for that', async () => {
    await openDemo()
    const { page } = app
    const section = (name: string) => page.getByRole('region', { name, exact: true })
    const turnOn = (name: string) => section(name).getByRole('switch').locator('xpath=..').click()
    const choose = async (name: string, option: string) => {
      await section('Autofocus').getByLabel(name, { exact: true }).first().click()
      await page.getByRole('option', { name: option, exact: true }).click()
    }
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Acquire' }).click()
    await turnOn('Channels')
    await turnOn('Autofocus')
    await section('Autofocus').getByRole('checkbox', { name: 'channel' }).check()
    await choose('Autofocus device', 'The camera’s image')
    const range = section('Autofocus').getByRole('textbox', { name: 'Range of the search, µm' })
    await range.fill('26')
    await range.press('Enter')
    await choose('Channel of the search', 'GFP')
    await app.screenshot('focus-in-a-plan')
    const plans: Readonly<Record<string, unknown>>[] = []
    server.engine.acquisition.onEvent((event) => {
      if (event.type === 'sequenceStarted') plans.push(event.plan)
    })
    const places: (number | undefined)[] = []
    server.engine.acquisition.onEvent((event) => {
      if (event.type !== 'eventStarted' || event.event.action !== 'acquireImage') return
      places.push(server.engine.devices.device('stage').position?.z)
    })
    await page.getByRole('button', { name: 'Start acquisition' }).click()
    await eventually('the end', () => server.engine.acquisition.status?.state === 'finished')
    expect(server.engine.acquisition.status).toMatchObject({ finish: { reason: 'completed' } })
    expect(plans[0]).toMatchObject({
      autofocus_plan: { autofocus_device_name: 'image' },
      metadata: { image_autofocus: { range: 26, channel: { group: 'Channel', config: 'GFP' } } },
    })
    expect(places.length).toBeGreaterThan(0)
    for (const z of places) expect(Math.abs(z ?? Number.NaN)).toBeLessThan(0.5)
  })
})
