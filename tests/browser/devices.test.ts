/** The Devices view as a user meets it: a real engine with a driver of the user, a real server, a real browser. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startGigeSimulator } from '../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { AccessControl } from '../../src-main/access/access-control.ts'
import { createServer } from '../../src-main/server/create-server.ts'
import { type BenchFolder, benchFolder } from '../fixtures/bench-microscope.ts'
import { eventually } from '../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, brightness, launchChromium, openApp } from './app-page.ts'

let browser: Browser
let bench: BenchFolder
let server: TestServer
const pages: AppPage[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  bench = await benchFolder()
  server = await startTestServer({ config: { dataFolder: bench.dataFolder }, appFolder })
})
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close()
  await server.close()
  await bench.remove()
})

async function open(url = server.url, options: Parameters<typeof openApp>[2] = {}): Promise<AppPage> {
  const app = await openApp(browser, url, { width: 1280, height: 800, ...options })
  pages.push(app)
  return app
}

async function openDevices(options: Parameters<typeof openApp>[2] = {}): Promise<AppPage> {
  const app = await open(server.url, options)
  await app.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Devices' }).click()
  return app
}

/** Allows the user's driver and adds its camera, without the page. */
async function addBenchCamera(serialNumber: string): Promise<void> {
  await bench.plugIn(serialNumber)
  const { hardware, settings } = server.engine
  settings.change({ searchInterfaces: ['lo'] })
  const driver = (await hardware.scanDrivers()).find(({ id }) => id === 'many-properties')
  await hardware.allowDriver('many-properties', driver?.hash ?? '')
  const { found } = await hardware.discover()
  for (const { driver: id, address, title } of found.filter((each) => each.driver === 'many-properties'))
    await hardware.addConnection({ driver: id, address, title, options: {} })
}

const list = (page: Page) => page.getByRole('navigation', { name: 'Connections' })
const main = (page: Page) => page.getByRole('main')
const settings = (page: Page) => page.getByRole('region', { name: 'Settings' })
const row = (page: Page, name: string): Locator => settings(page).locator(`[data-property="${name}"]`)
const level = (page: Page, name: string) =>
  settings(page)
    .locator('label')
    .filter({ hasText: new RegExp(`^${name}$`) })
    .click()
const benchCamera = () =>
  server.engine.devices.devices().find(({ description }) => description.name === 'Many properties')
const valueOf = (name: string) => benchCamera()?.properties.find((property) => property.name === name)?.value

/** Starts the live view where it did not start by itself, and waits for an image. */
async function seeLive(page: Page): Promise<void> {
  await eventually('the camera’s image', async () => {
    const start = page.getByRole('button', { name: 'Start live view' }).first()
    // It may have started by itself, even while we look.
    await start.click({ timeout: 500 }).catch(() => undefined)
    return (await brightness(page)).deviation > 4
  })
}

const isDisabled = (control: Locator) =>
  expect.poll(() => control.isDisabled(), { message: String(control) }).toBe(true)

/** What is drawn anew within `area` until the property `name` was so five times: names of properties, or outer HTML. */
function changesWithin(area: Locator, name: string): Promise<string[]> {
  return area.evaluate(
    (element, awaited) =>
      new Promise<string[]>((resolve) => {
        const changed: string[] = []
        const observer = new MutationObserver((records) => {
          for (const { target } of records) {
            const at = target instanceof Element ? target : target.parentElement
            const property = at?.closest('[data-property]')?.getAttribute('data-property')
            changed.push(property ?? `outside ${at?.outerHTML.slice(0, 300)}`)
          }
          if (changed.filter((each) => each === awaited).length < 5) return
          observer.disconnect()
          resolve(changed)
        })
        observer.observe(element, { subtree: true, childList: true, attributes: true, characterData: true })
      }),
    name,
  )
}

function expectNoComplaints() {
  for (const { complaints } of pages) expect(complaints).toEqual([])
}

describe('the Devices view', () => {
  it('finds a camera, adds it, shows it live, says when it is unplugged and takes it again', async () => {
    await bench.plugIn('S-1')
    const { page, screenshot } = await openDevices()

    // A driver of the user runs only when the owner allows it.
    await page.getByRole('button', { name: 'Drivers 1 to allow' }).click()
    const driver = page.getByRole('listitem', { name: 'Bench cameras' })
    await driver
      .getByText('It says that it uses the network and reads your files; nothing keeps it from doing more.')
      .waitFor()
    await screenshot('devices-drivers')
    await driver.getByRole('button', { name: 'Allow Bench cameras' }).click()
    await driver.getByRole('button', { name: 'Forbid Bench cameras' }).waitFor()

    // Nothing is searched on any network before one was chosen.
    await page.getByRole('complementary').getByRole('button', { name: 'Find cameras' }).click()
    await page.getByText('Nothing is sent on a network').waitFor()
    expect(server.engine.hardware.state().discovery.startedAt).toBeUndefined()
    await main(page).getByRole('checkbox', { name: /^lo / }).check()
    await eventually('the choice', () => server.engine.settings.settings.searchInterfaces.includes('lo'))
    await main(page).getByRole('button', { name: 'Find cameras' }).click()
    const found = page.getByRole('listitem', { name: 'GX-500 S-1' })
    await found.getByText('Acme, seen from 127.0.0.1').waitFor()
    await screenshot('devices-found')
    await found.getByRole('button', { name: 'Add GX-500 S-1' }).click()

    const device = page.getByRole('article', { name: 'Many properties' })
    await device.getByText('S-1', { exact: true }).waitFor()
    await list(page).getByRole('region', { name: 'GX-500 S-1' }).waitFor()

    await device.getByRole('button', { name: 'Show live' }).click()
    await seeLive(page)
    await page.keyboard.press('Shift+D')
    const health = page.getByRole('region', { name: 'Camera health' })
    await health.getByText('20.0 fps').waitFor()
    await health.getByText('1 % of packets are sent again').waitFor()
    await screenshot('devices-health')

    await bench.unplug('S-1')
    await device.getByText('The camera was unplugged').or(device.getByText('does not answer')).waitFor()
    await list(page).getByRole('button', { name: 'Reconnect GX-500 S-1' }).waitFor()
    await page.getByRole('button', { name: /alert/i }).first().waitFor()
    await screenshot('devices-unplugged')

    await bench.plugIn('S-1')
    await health.getByText('20.0 fps').waitFor()
    await eventually('all devices', () =>
      server.engine.devices.devices().every(({ status }) => status.state === 'ready'),
    )
    expectNoComplaints()
  })

  it('adds a GigE camera by its address, tells of lost packets, and follows it out and in again', async () => {
    const simulator = await startGigeSimulator({
      port: 0,
      broadcast: false,
      width: 128,
      height: 128,
      frameRate: 10,
      link: { loss: 0.02 },
    })
    try {
      const { page, screenshot } = await openDevices()
      await page.getByRole('button', { name: 'Add by address' }).click()
      await page.getByRole('combobox', { name: 'Driver' }).click()
      await page.getByRole('option', { name: 'GigE Vision' }).click()
      await main(page).getByRole('textbox', { name: 'Name' }).fill('Bench camera')
      await main(page).getByRole('textbox', { name: 'Address' }).fill(simulator.address)
      const options = main(page).getByRole('textbox', { name: 'Options' })
      await options.fill(`port = ${simulator.port}\npacketSize = 600\nheartbeatTimeoutMs = 3000`)
      await main(page).getByRole('button', { name: 'Add' }).click()

      // Its page opens by itself; the settings are those that the camera describes.
      await main(page).getByText(simulator.serialNumber).first().waitFor()
      await row(page, 'exposureMs').waitFor()
      await main(page).getByRole('button', { name: 'Show live' }).click()
      await seeLive(page)
      await page.keyboard.press('Shift+D')
      const health = page.getByRole('region', { name: 'Camera health' })
      await health
        .getByText(/are sent again:|pixels missing/)
        .first()
        .waitFor()
      await screenshot('devices-gige')

      await simulator.unplug()
      const group = list(page).getByRole('region', { name: 'Bench camera' })
      await group.getByRole('button', { name: 'Reconnect Bench camera' }).waitFor()
      await main(page).getByText('Next try').waitFor()
      await screenshot('devices-gige-unplugged')
      await simulator.replug()
      await health.getByText(/[1-9]\d*\.\d fps/).waitFor()
      expectNoComplaints()
    } finally {
      await simulator.close()
    }
  })

  it('gives a camera the size of its pixels: its images have a scale bar, and its snaps the size', async () => {
    await addBenchCamera('S-1')
    const { page, screenshot } = await openDevices()
    await list(page)
      .getByRole('button', { name: /^ready Many properties/ })
      .click()
    const size = page.getByRole('region', { name: 'Pixel size' }).getByRole('textbox', { name: 'Pixel size' })
    await size.fill('-3')
    await size.press('Enter')
    await page
      .getByRole('region', { name: 'Pixel size' })
      .getByText(/Too small/)
      .waitFor()
    await size.fill('650 nm')
    await size.press('Enter')
    await expect.poll(() => size.inputValue()).toBe('0.65')
    await screenshot('devices-pixel-size')

    await main(page).getByRole('button', { name: 'Show live' }).click()
    await page.getByRole('img', { name: /^Scale bar/ }).waitFor()
    const { filePath } = await server.engine.capture.snap({ detectorName: 'Many properties' })
    expect((await readFile(filePath)).toString('latin1')).toContain('"pixelSizeUm":0.65')
    expectNoComplaints()
  })

  it('searches, limits and changes hundreds of settings, and draws only what changes', async () => {
    await addBenchCamera('S-1')
    const { page, screenshot } = await openDevices()
    await list(page)
      .getByRole('button', { name: /^ready Many properties/ })
      .click()
    const shown = settings(page).getByLabel('Settings shown')
    await expect.poll(() => shown.textContent()).toBe('170 of 500')
    await level(page, 'Guru')
    await expect.poll(() => shown.textContent()).toBe('500 of 500')

    // What is off the screen is not drawn; what is on it, only when it changes.
    await row(page, 'temperatureC').waitFor()
    const drawn = settings(page).locator('[data-property]')
    await expect.poll(() => drawn.count()).toBeGreaterThan(20)
    // At first rows may still be made; after that, at each new temperature nothing else is drawn.
    await eventually('a temperature that changes alone', async () => {
      const changed = await changesWithin(settings(page), 'temperatureC')
      return changed.every((name) => name === 'temperatureC')
    })
    expect(await drawn.count()).toBeLessThan(160)
    await screenshot('devices-settings')

    const search = settings(page).getByRole('textbox', { name: 'Search settings' })
    await search.fill('clock')
    await expect.poll(() => shown.textContent()).toBe('1 of 500')
    await row(page, 'timestampReset')
      .getByRole('button', { name: 'Reset timestamp', exact: true })
      .last()
      .click()
    await search.fill('feature 499')
    await search.fill('kept in the camera')
    const text = row(page, 'userId').getByRole('textbox')
    await text.fill('right port')
    await text.press('Enter')
    await eventually('the new text', () => valueOf('userId') === 'right port')
    await search.fill('exposure')
    const exposure = row(page, 'exposureMs').getByRole('textbox')
    await exposure.fill('99999')
    await exposure.press('Enter')
    await row(page, 'exposureMs')
      .getByRole('alert')
      .getByText(/10\s?000/)
      .waitFor()
    expect(valueOf('exposureMs')).toBe(20)
    await search.press('Escape')

    // All there is to know of one setting.
    await row(page, 'gain').getByRole('button', { name: 'Gain' }).click()
    await row(page, 'gain').getByText('gain · 0 – 24 dB · steps of 0.1 · Analog · for everybody').waitFor()
    // Something beyond the level is found, and offered.
    await level(page, 'Beginner')
    await search.fill('clock')
    await settings(page).getByText('1 more setting beyond this level.').waitFor()
    await settings(page).getByRole('button', { name: 'Show expert settings' }).click()
    await row(page, 'timestampReset').waitFor()

    // The view and the level are remembered.
    await page.reload()
    await page.getByRole('complementary', { name: 'Hardware' }).waitFor()
    await list(page)
      .getByRole('button', { name: /^ready Many properties/ })
      .click()
    await expect.poll(() => shown.textContent()).toBe('336 of 500')
    expectNoComplaints()
  })

  it('renames, changes and removes connections, and adds one by its address', async () => {
    const { page, screenshot } = await openDevices()
    await page.getByRole('button', { name: 'Rename Camera 1' }).click()
    await page.getByRole('textbox', { name: 'Name of this camera' }).fill('Left port')
    await page.getByRole('button', { name: 'Rename', exact: true }).click()
    await list(page)
      .getByRole('button', { name: /Left port/ })
      .waitFor()

    await list(page)
      .getByRole('button', { name: /^Demo microscope/ })
      .click()
    await page.getByRole('button', { name: 'Rename Demo microscope' }).click()
    await page.getByRole('textbox', { name: 'Name of this connection' }).fill('Practice')
    await page.keyboard.press('Enter')
    const options = main(page).getByRole('textbox', { name: 'Options' })
    await expect.poll(() => options.inputValue()).toContain('frameRate = 8')
    await options.fill('frameRate 5')
    await main(page).getByText('is not of the form name = value').waitFor()
    await options.fill('width = 128\nheight = 128\nframeRate = 5')
    await screenshot('devices-connection')
    await main(page).getByRole('button', { name: 'Apply' }).click()
    const sensorWidth = () => {
      const camera = server.engine.devices.devices().find(({ description }) => description.kind === 'camera')
      return camera?.description.kind === 'camera' ? camera.description.sensorWidth : undefined
    }
    await eventually('the new options', () => sensorWidth() === 128)

    await page.getByRole('button', { name: 'Add by address' }).click()
    await page
      .getByRole('combobox', { name: 'Driver' })
      .or(page.getByRole('textbox', { name: 'Driver' }))
      .click()
    await page.getByRole('option', { name: /replay/i }).click()
    await main(page).getByRole('textbox', { name: 'Name' }).fill('Old images')
    const address = main(page).getByRole('textbox', { name: 'Address' })
    await address.fill(join(bench.dataFolder, 'nothing-here'))
    await main(page).getByRole('button', { name: 'Add' }).click()
    // It could not be opened, and says why; what was added stays and is tried again.
    const added = page.getByRole('article', { name: 'Old images' })
    await added.getByText('nothing-here').first().waitFor()
    await added.getByRole('button', { name: 'Reconnect now' }).waitFor()
    await screenshot('devices-failed')

    await added.getByRole('button', { name: 'Remove this connection…' }).click()
    await added.getByRole('button', { name: 'Keep' }).click()
    await added.getByRole('button', { name: 'Remove this connection…' }).click()
    await added.getByRole('button', { name: 'Remove', exact: true }).click()
    await list(page).getByRole('region', { name: 'Old images' }).waitFor({ state: 'detached' })
    await eventually('the hardware file', async () => {
      const file = await readFile(join(bench.dataFolder, 'hardware.json'), 'utf8')
      return file.includes('Practice') && file.includes('Left port') && !file.includes('nothing-here')
    })
    expectNoComplaints()
  })

  it('checks what keeps hardware from working', async () => {
    const { page, screenshot } = await openDevices({ theme: 'light' })
    await page.getByRole('button', { name: 'Check-up' }).click()
    const checks = page.getByRole('list', { name: 'Checks' })
    await eventually('checks', async () => (await checks.getByRole('listitem').count()) > 2)
    await main(page)
      .getByText(/checked just now/)
      .waitFor()
    await screenshot('devices-check-up')
    expectNoComplaints()
  })

  it('lets a viewer see all and change nothing, and says why', async () => {
    const access = await AccessControl.open()
    const shared = await createServer({
      engine: server.engine,
      access,
      version: '0.0.0-test',
      host: '127.0.0.1',
      port: 0,
      entrance: 'tokens',
      appFolder,
    })
    try {
      const { secret } = await access.createToken({ label: 'Anna', role: 'viewer' })
      const { page, screenshot } = await open(`${shared.url}/#token=${secret}`)
      await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Devices' }).click()
      await row(page, 'exposureMs').waitFor()
      await isDisabled(row(page, 'exposureMs').getByRole('textbox'))
      for (const name of ['Find cameras', 'Add by address…', 'Check-up', 'Forget settings'])
        await isDisabled(page.getByRole('button', { name }).first())
      await expect.poll(() => page.getByRole('button', { name: /^Rename/ }).count()).toBe(0)
      await row(page, 'exposureMs').getByRole('textbox').hover({ force: true })
      await page.getByText('You are viewing only').filter({ visible: true }).first().waitFor()
      await list(page)
        .getByRole('button', { name: /^Demo microscope/ })
        .click()
      await isDisabled(page.getByRole('button', { name: 'Remove this connection…' }))
      await main(page).getByText('Only whoever sits at the microscope changes its hardware.').waitFor()
      await screenshot('devices-viewer')
      expectNoComplaints()
      await pages.pop()?.close()
    } finally {
      await shared.close()
      await access.close()
    }
  })

  it('works on a phone: the list, then one device, and back', async () => {
    await addBenchCamera('S-1')
    const { page, screenshot } = await openDevices({ width: 390, height: 800 })
    await list(page)
      .getByRole('button', { name: /Many properties/ })
      .waitFor()
    await screenshot('devices-phone-list')
    await list(page)
      .getByRole('button', { name: /Many properties/ })
      .click()
    await row(page, 'gain').getByRole('button', { name: 'Gain' }).click()
    await row(page, 'gain').getByText('Amplification').filter({ visible: true }).waitFor()
    await screenshot('devices-phone')
    // Nothing is wider than the screen.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(390)
    await page.getByRole('button', { name: 'All devices' }).click()
    await list(page).waitFor()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Live' }).click()
    await page.getByRole('application', { name: 'Live image' }).waitFor()
    expectNoComplaints()
  })
})
