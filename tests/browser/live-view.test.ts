/** The app as a user meets it: a real engine with the simulated microscope, a real server, a real browser. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDemoServer } from '../fixtures/demo-server.ts'
import { eventually } from '../fixtures/eventually.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import type { TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, brightness, imageArea, launchChromium, openApp } from './app-page.ts'

const startServer = (port = 0) => startDemoServer({ appFolder, side: 512, frameRate: 20, port })

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** Waits for the specimen; a picture of what is there instead is kept. */
async function anImage(app: AppPage): Promise<void> {
  const visible = async () => (await brightness(app.page)).deviation > 4
  await eventually('an image on the screen', visible).catch(async (error: unknown) => {
    await app.screenshot('live-view-no-image')
    throw error
  })
}

describe('live view in the browser', () => {
  let server: TestServer
  let app: AppPage

  beforeEach(async () => {
    server = await startServer()
    app = await openApp(browser, server.url)
  })
  afterEach(async () => {
    await app.close()
    await server.close()
  })

  const status = () => app.page.getByRole('button', { name: 'Frame counters' })
  const shownRate = async () => Number(/([\d.]+) shown/.exec((await status().textContent()) ?? '')?.[1] ?? 0)
  const imageShown = () => anImage(app)
  const frameSize = (text: string) => app.page.getByText(text).waitFor()
  const choose = (label: string) =>
    app.page
      .locator('label')
      .filter({ hasText: new RegExp(`^${label}$`) })
      .click()
  const stream = (detector: string) =>
    server.engine.liveView.getActiveStreams().find((active) => active.detectorName === detector)
  const cameraProperty = (name: string) =>
    server.engine.devices.device('camera').properties.find((property) => property.name === name)?.value

  it('starts by itself, shows the specimen, and stops and starts at a click', async () => {
    await imageShown()
    await frameSize('512 × 512 Mono12')
    await eventually('a frame rate', async () => (await shownRate()) > 0)
    await app.screenshot('live-view-dark')

    await app.page.getByRole('button', { name: 'Stop live view' }).click()
    const start = app.page.getByRole('button', { name: 'Start live view' })
    await expect.poll(() => start.count()).toBe(2)
    await eventually('the end of the stream', () => stream('camera') === undefined)
    await app.screenshot('live-view-stopped')

    await start.first().click()
    await app.page.getByRole('button', { name: 'Stop live view' }).waitFor()
    await eventually('the stream again', () => stream('camera')?.protocol === 'binary')
    expect(app.complaints).toEqual([])
  })

  it('tells place, value and position under the pointer', async () => {
    await imageShown()
    const box = await imageArea(app.page).boundingBox()
    if (box === null) throw new Error('no image')
    await app.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    const readout = app.page.getByLabel('Pixel under the pointer')
    await eventually('a read-out', async () =>
      /^x \d+ y \d+ · \d+ ADU · −?[\d.]+, −?[\d.]+ µm$/.test((await readout.textContent()) ?? ''),
    )
    await app.page.getByRole('img', { name: /^Scale bar: \d+ (µm|mm)$/ }).waitFor()
  })

  it('sets the exposure, and says at the control why it cannot', async () => {
    await imageShown()
    const exposure = app.page.getByRole('textbox', { name: 'Exposure, ms' })
    await exposure.fill('25')
    await exposure.press('Enter')
    await eventually('the new exposure', () => cameraProperty('exposureMs') === 25)

    await exposure.fill('99999')
    await exposure.press('Enter')
    const group = app.page.getByRole('group', { name: 'Exposure', exact: true })
    await group
      .getByRole('alert')
      .getByText(/10\s?000/)
      .waitFor()
    expect(cameraProperty('exposureMs')).toBe(25)
    await expect.poll(() => exposure.inputValue()).toBe('25')

    await app.page.getByRole('slider', { name: 'Exposure slider' }).focus()
    await app.page.keyboard.press('ArrowRight')
    await eventually('a longer exposure', () => Number(cameraProperty('exposureMs')) > 25)
    await expect.poll(() => group.getByRole('alert').count()).toBe(0)
  })

  it('asks before it goes on with a long exposure', async () => {
    await imageShown()
    const exposure = app.page.getByRole('textbox', { name: 'Exposure, ms' })
    await exposure.fill('3000')
    await exposure.press('Enter')
    await app.page.getByText('The exposure is long for a live view').waitFor()
    expect(stream('camera')).toBeUndefined()
    await app.screenshot('live-view-long-exposure')
    await app.page.getByRole('button', { name: 'Start anyway' }).click()
    await eventually('the stream', () => stream('camera') !== undefined)
  })

  it('has a window that can be dragged, typed and left to itself', async () => {
    await imageShown()
    const white = app.page.getByRole('slider', { name: 'White at' })
    const value = async () => Number(await white.getAttribute('aria-valuenow'))
    let before = 0
    await eventually('a window that has come to rest', async () => {
      const last = before
      before = await value()
      await app.page.waitForTimeout(500)
      return before < 4095 && before === last
    })
    const bright = (await brightness(app.page)).mean
    const box = await white.boundingBox()
    if (box === null) throw new Error('no handle')
    await app.page.mouse.move(box.x + box.width / 2, box.y + 40)
    await app.page.mouse.down()
    await app.page.mouse.move(box.x - 120, box.y + 40, { steps: 6 })
    await app.page.mouse.up()
    await expect.poll(value).toBeLessThan(before)
    await eventually('a brighter image', async () => (await brightness(app.page)).mean > bright + 5)
    await expect.poll(() => app.page.getByRole('radio', { name: 'Manual' }).isChecked()).toBe(true)

    const low = app.page.getByRole('textbox', { name: 'Black at' })
    await low.fill('321')
    await low.press('Enter')
    const black = app.page.getByRole('slider', { name: 'Black at' })
    await expect.poll(() => black.getAttribute('aria-valuenow')).toBe('321')

    await choose('Auto')
    await eventually('the image’s window again', async () => Math.abs((await value()) - before) < before / 4)
  })

  it('gives JPEG streams the window that is dragged here', async () => {
    await imageShown()
    await app.page.getByRole('combobox', { name: 'Protocol' }).click()
    await app.page.getByRole('option', { name: 'JPEG', exact: true }).click()
    await eventually('a JPEG stream', () => stream('camera')?.protocol === 'jpeg')
    await imageShown()
    const quality = app.page.getByRole('textbox', { name: 'JPEG quality, %' })
    await quality.waitFor()
    const white = app.page.getByRole('textbox', { name: 'White at' })
    // The page may hear of the new stream later than we do: until then the window is its own, and is typed again.
    await eventually('the stream’s window', async () => {
      await white.fill('1500')
      await white.press('Enter')
      const params = stream('camera')?.params
      return params?.protocol === 'jpeg' && params.windowMode === 'manual' && params.windowHigh === 1500
    })
    await quality.fill('55')
    await quality.press('Enter')
    await eventually('the quality', () => {
      const params = stream('camera')?.params
      return params?.protocol === 'jpeg' && params.quality === 55
    })
  })

  it('shows the camera that is chosen', async () => {
    await imageShown()
    await app.page.getByRole('button', { name: /Camera 2/ }).click()
    await frameSize('1280 × 960 RGB8')
    await eventually('both streams', () => server.engine.liveView.getActiveStreams().length === 2)
    await app.screenshot('live-view-colour')
    await app.page.getByRole('button', { name: /Camera 1/ }).click()
    await frameSize('512 × 512 Mono12')
  })

  it('moves the stage by its buttons, keys and a double click', async () => {
    await imageShown()
    const position = () => server.engine.devices.device('stage').position
    await app.page.getByRole('button', { name: 'Stage right' }).click()
    await eventually('a step', () => position()?.x === 50)
    await imageArea(app.page).focus()
    await app.page.keyboard.press('ArrowUp')
    await app.page.keyboard.press('PageUp')
    await eventually('steps by key', () => position()?.y === -50 && position()?.z === 1)
    const box = await imageArea(app.page).boundingBox()
    if (box === null) throw new Error('no image')
    await app.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    const readout = app.page.getByLabel('Pixel under the pointer')
    await eventually('an image from there', async () =>
      /−(49|50)\.\d µm$/.test((await readout.textContent()) ?? ''),
    )
    await app.page.mouse.dblclick(box.x + box.width / 2 + 100, box.y + box.height / 2)
    await eventually('the place in the middle', () => Number(position()?.x) > 55)
    expect(position()?.y).toBeCloseTo(-50, 0)
  })

  it('sets channel and light', async () => {
    await imageShown()
    await app.page.getByRole('group', { name: 'Channel' }).getByRole('button', { name: 'DAPI' }).click()
    const light = (id: string, name: string) =>
      server.engine.devices.device(id).properties.find((property) => property.name === name)?.value
    await eventually('the light of the channel', () => light('led-385', 'on') === true)
    await expect
      .poll(() => app.page.getByRole('button', { name: 'DAPI' }).first().getAttribute('aria-pressed'))
      .toBe('true')
    const intensity = app.page.getByRole('textbox', { name: 'LED 385 nm intensity, %' })
    await intensity.fill('80')
    await intensity.press('Enter')
    await eventually('the intensity', () => light('led-385', 'intensity') === 80)
  })

  it('zooms with wheel and keys, and fits again', async () => {
    await imageShown()
    const percent = async () =>
      Number(/(\d+) %/.exec((await app.page.getByLabel('Magnification').textContent()) ?? '')?.[1])
    const fitted = await eventually('the magnification', async () => (await percent()) || undefined)
    const box = await imageArea(app.page).boundingBox()
    if (box === null) throw new Error('no image')
    await app.page.mouse.move(box.x + 200, box.y + 200)
    await app.page.mouse.wheel(0, -600)
    await eventually('a larger image', async () => (await percent()) > fitted)
    await app.page.keyboard.press('1')
    await eventually('1:1', async () => (await percent()) === 100)
    await app.page.keyboard.press('f')
    await eventually('the whole image', async () => (await percent()) === fitted)
  })

  it('shows alerts until they are dismissed', async () => {
    await imageShown()
    server.engine.alerts.raise({
      id: 'test',
      severity: 'error',
      source: 'Filter',
      message: 'The filter turret is stuck.',
      hint: 'Turn it by hand once.',
    })
    await app.page.getByText('The filter turret is stuck.').waitFor()
    await app.page.getByRole('button', { name: '1 alert' }).click()
    await app.page.getByText('Turn it by hand once.').last().waitFor()
    await app.screenshot('live-view-alert')
    await app.page.getByRole('button', { name: 'Dismiss: The filter turret is stuck.' }).click()
    await app.page.getByText('No alerts.').waitFor()
    await expect.poll(() => app.page.getByText('The filter turret is stuck.').count()).toBe(0)
  })

  it('explains its counters, keys and commands', async () => {
    await imageShown()
    await status().click()
    await app.page.getByText('Rendering lag').waitFor()
    await app.page.keyboard.press('Escape')
    await app.page.keyboard.press('?')
    await app.page.getByRole('dialog').getByText('Start or stop the live view').waitFor()
    await app.page.keyboard.press('Escape')
    await app.page.getByRole('dialog').waitFor({ state: 'detached' })
    await app.page.keyboard.press('Control+k')
    const command = app.page.getByRole('combobox', { name: 'Command' })
    await command.fill('rfp')
    await command.press('Enter')
    await eventually(
      'the channel from the palette',
      () =>
        server.engine.devices.device('led-555').properties.find(({ name }) => name === 'on')?.value === true,
    )
    expect(app.complaints).toEqual([])
  })
})

describe('a connection that is lost', () => {
  it('is said, and mended as soon as the server is back', async () => {
    const port = await lastingPort()
    const first = await startServer(port)
    const app = await openApp(browser, first.url)
    try {
      await anImage(app)
      await first.close()
      await app.page.getByText('Connection lost').waitFor()
      await app.screenshot('live-view-connection-lost')
      const second = await startServer(port)
      try {
        await app.page.getByText('Connection lost').waitFor({ state: 'detached' })
        // The new engine streams nothing: the page starts it, as it did when it was opened.
        await eventually('a new stream', () => second.engine.liveView.getActiveStreams().length === 1)
        await eventually('images again', async () => {
          const text = await app.page.getByRole('button', { name: 'Frame counters' }).textContent()
          return Number(/([\d.]+) shown/.exec(text ?? '')?.[1] ?? 0) > 0
        })
      } finally {
        await second.close()
      }
    } finally {
      await app.close()
    }
  })
})

describe('other windows', () => {
  it.each([
    { name: 'light', width: 1440, height: 900, theme: 'light' },
    { name: 'small', width: 1024, height: 700, theme: 'dark' },
    { name: 'phone', width: 390, height: 844, theme: 'dark' },
  ] as const)('are usable: $name', async ({ name, ...options }) => {
    const server = await startServer()
    const app = await openApp(browser, server.url, options)
    try {
      await anImage(app)
      if (name === 'phone') {
        await app.page
          .getByRole('navigation', { name: 'Panels' })
          .getByRole('button', { name: 'Display' })
          .click()
        await app.page.getByRole('group', { name: 'Histogram' }).waitFor()
      } else {
        await app.page.getByRole('slider', { name: 'White at' }).waitFor()
      }
      const overflow = () => app.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      await expect.poll(overflow).toBeLessThanOrEqual(0)
      await app.screenshot(`live-view-${name}`)
      expect(app.complaints).toEqual([])
    } finally {
      await app.close()
      await server.close()
    }
  })
})
