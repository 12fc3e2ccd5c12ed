/** Finding the focus as a user does: a real engine with the demo microscope, a real server, a real browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { eventually } from '../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, imageArea, launchChromium, openApp } from './app-page.ts'

// Limits for hanging only: a software renderer draws the live view meanwhile.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

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
    const connections = [demoConnection({ width: 256, height: 256, frameRate: 20 })]
    dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-focus-'))
    server = await startTestServer({ config: { connections, dataFolder }, appFolder })
    // The slide lies at 0 here.
    await server.engine.devices.moveStage('stage', { z: 11 }, 'absolute')
    app = await openApp(browser, server.url)
    app.page.setDefaultTimeout(60_000)
    await app.page.getByRole('button', { name: 'Stop live view' }).waitFor()
  })
  afterEach(async () => {
    expect(app.complaints).toEqual([])
    await app.close()
    await server.close()
    await rm(dataFolder, { recursive: true, force: true })
  })

  const panel = () => app.page.getByRole('group', { name: 'Focus by the image' })
  const button = (name: string) => panel().getByRole('button', { name })
  const zUm = async () => (await server.engine.devices.readPosition('stage')).z ?? Number.NaN

  it('finds the focus at a click, and shows the curve and where it is', async () => {
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

  it('finds and stops by the key, and goes back where it was', async () => {
    // It moves slowly, so that the search is not over before it is stopped.
    await server.engine.devices.setProperty('stage', 'zSpeed', 10)
    await imageArea(app.page).focus()
    await app.page.keyboard.press('F')
    await panel()
      .getByText(/^Searching, \d+ planes$/)
      .waitFor()
    await app.page.keyboard.press('F')
    await panel().getByText('Stopped; z is back where it was').waitFor()
    expect(await zUm()).toBe(11)
  })

  it('says why there is no focus to be found', async () => {
    await server.engine.devices.moveStage('stage', { z: 40 }, 'absolute')
    await button('Find focus').click()
    await app.page.getByText('The focus was not found').waitFor()
    await panel().getByText('The image is sharpest at the lower end of the range, z = 15 µm').waitFor()
    expect(await zUm()).toBe(40)
  })

  it('shows how sharp the live image is while the focus is turned', async () => {
    await server.engine.devices.moveStage('stage', { z: 0 }, 'absolute')
    await panel().getByRole('checkbox', { name: 'Live sharpness' }).check()
    const share = panel().getByRole('meter', { name: 'Sharpness, share of the best' })
    const value = async () => Number(await share.evaluate((meter: HTMLMeterElement) => meter.value))
    await eventually('a score', async () => (await value()) > 0.8, 60_000)
    await server.engine.devices.moveStage('stage', { z: 11 }, 'absolute')
    await eventually('a blurred image', async () => (await value()) < 0.5, 60_000)
    await app.screenshot('focus-live-sharpness')
    await server.engine.devices.moveStage('stage', { z: 0 }, 'absolute')
    await eventually('a sharp image', async () => (await value()) > 0.8, 60_000)
  })

  it('is found by the image in a plan, where the user asks for that', async () => {
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
    await eventually('the end', () => server.engine.acquisition.status?.state === 'finished', 120_000)
    expect(server.engine.acquisition.status).toMatchObject({ finish: { reason: 'completed' } })
    expect(plans[0]).toMatchObject({
      autofocus_plan: { autofocus_device_name: 'image' },
      metadata: { image_autofocus: { range: 26, channel: { group: 'Channel', config: 'GFP' } } },
    })
    expect(places.length).toBeGreaterThan(0)
    for (const z of places) expect(Math.abs(z ?? Number.NaN)).toBeLessThan(0.5)
  })
})
