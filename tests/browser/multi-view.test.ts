/** Several views in one window: a real engine with the simulated microscope's two cameras, a real server and browser. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDemoServer } from '../fixtures/demo-server.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, launchChromium, openApp, pictureOf } from './app-page.ts'

const startMicroscope = () => startDemoServer({ appFolder, side: 256, frameRate: 5 })

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

const views = (page: Page) => page.getByRole('region', { name: /^View of / })
const viewOf = (page: Page, name: string) => page.getByRole('region', { name: `View of ${name}` })
const imageIn = (view: Locator) => view.getByRole('application', { name: 'Live image' })
const layout = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const camera = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'Cameras' })
    .getByRole('button', { name: new RegExp(`^(live|ready) ${name}`) })

/** Waits for the specimen in `view`, with nothing said or asked over it. */
async function shows(view: Locator): Promise<void> {
  await view.getByRole('img', { name: /^Scale bar/ }).waitFor()
  await view.getByRole('button', { name: 'Start live view' }).waitFor({ state: 'detached' })
  await eventually('an image in the view', async () => (await pictureOf(imageIn(view))).deviation > 4)
}

/** What the status bar says of the active view. */
const sizeShown = (page: Page, text: string) => page.getByText(text).waitFor()

describe('several views', () => {
  let server: TestServer
  let app: AppPage
  let page: Page

  beforeEach(async () => {
    server = await startMicroscope()
    app = await openApp(browser, server.url)
    page = app.page
    await eventually('the first stream', () => protocols().camera === 'binary')
  })
  afterEach(async () => {
    expect(app.complaints).toEqual([])
    await app.close()
    await server.close()
  })

  const protocols = (): Record<string, string> =>
    Object.fromEntries(
      server.engine.liveView.getActiveStreams().map(({ detectorName, protocol }) => [detectorName, protocol]),
    )
  const isActive = (name: string) =>
    expect
      .poll(() => page.locator('section[aria-current="true"]').getAttribute('aria-label'))
      .toBe(`View of ${name}`)
  const viewers = (detector: string) =>
    server.engine.viewers.list().filter(({ detectorName }) => detectorName === detector).length

  it('show two cameras side by side, each with its own stream and controls', async () => {
    await page.keyboard.press('v')
    await eventually('both streams', () => protocols()['overview'] === 'binary')
    await expect.poll(() => views(page).count()).toBe(2)
    const [first, second] = [viewOf(page, 'Camera 1'), viewOf(page, 'Camera 2 (colour)')]
    await shows(first)
    await shows(second)
    await app.screenshot('views-columns')
    await isActive('Camera 1')
    await sizeShown(page, '256 × 256 Mono12')

    // The view that is clicked is what the panels are about.
    await imageIn(second).click()
    await isActive('Camera 2 (colour)')
    await sizeShown(page, '1280 × 960 RGB8')
    await page.getByRole('textbox', { name: 'Exposure, ms' }).fill('7')
    await page.keyboard.press('Enter')
    const exposure = (device: string) =>
      server.engine.devices.device(device).properties.find(({ name }) => name === 'exposureMs')?.value
    await eventually('the exposure of the second camera', () => exposure('overview') === 7)
    expect(exposure('camera')).not.toBe(7)

    await page.getByRole('combobox', { name: 'Protocol' }).click()
    await page.getByRole('option', { name: 'JPEG', exact: true }).click()
    await eventually('a protocol of its own', () => protocols()['overview'] === 'jpeg')
    expect(protocols()['camera']).toBe('binary')
    await shows(second)

    // Keys go to the active view; the other stays as it is.
    await imageIn(second).click()
    await isActive('Camera 2 (colour)')
    const percent = async () => (await page.getByLabel('Magnification').textContent()) ?? ''
    await page.keyboard.press('1')
    await eventually('one to one', async () => (await percent()) === '100 %')
    await page.keyboard.press('n')
    await isActive('Camera 1')
    await eventually('a view that still fits', async () => !['100 %', ''].includes(await percent()))

    // Stopping one lets the other go on.
    await page.keyboard.press('l')
    await first.getByRole('button', { name: 'Start live view' }).waitFor()
    await expect.poll(protocols).toEqual({ overview: 'jpeg' })
    await first.getByRole('button', { name: 'Start live view' }).click()
    await eventually('its stream', () => protocols()['camera'] === 'binary')
  })

  it('show one camera twice, by one stream, each with its own part and colours', async () => {
    await page.getByRole('button', { name: 'One more view' }).first().click()
    await eventually('two viewers', () => viewers('camera') === 2)
    expect(protocols()).toEqual({ camera: 'binary' })
    const [overview, detail] = [views(page).first(), views(page).last()]
    await shows(overview)
    await shows(detail)
    const before = await pictureOf(imageIn(overview))

    await page.getByRole('switch', { name: 'For this view only' }).check()
    await page.getByRole('combobox', { name: 'Colours' }).click()
    await page.getByRole('option', { name: 'Red', exact: true }).click()
    const box = await imageIn(detail).boundingBox()
    if (box === null) throw new Error('no image')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.wheel(0, -1500)
    await eventually('a red detail', async () => {
      const { mean, deviation, colour } = await pictureOf(imageIn(detail))
      return mean > 4 && deviation > 2 && colour > 4
    })
    const after = await pictureOf(imageIn(overview))
    expect(after.colour).toBeLessThan(1)
    expect(Math.abs(after.mean - before.mean)).toBeLessThan(25)
    await app.screenshot('views-detail')

    await detail.getByRole('button', { name: 'Close this view' }).click()
    await eventually('one viewer', () => viewers('camera') === 1)
    await expect.poll(() => views(page).count()).toBe(0)
    await page.getByRole('application', { name: 'Live image' }).waitFor()
  })

  it('come back after a reload, with their cameras', async () => {
    await layout(page, 'Four views')
    await eventually('both streams', () => Object.keys(protocols()).length === 2)
    const empty = page.getByRole('region', { name: 'View of no camera' })
    await expect.poll(() => empty.count()).toBe(2)
    await empty.first().getByRole('button', { name: 'Camera 2 (colour)' }).click()
    await eventually('two viewers', () => viewers('overview') === 2)
    await app.screenshot('views-four')
    await page.reload()
    const names = () => views(page).evaluateAll((all) => all.map((view) => view.getAttribute('aria-label')))
    await expect
      .poll(names)
      .toEqual([
        'View of Camera 1',
        'View of Camera 2 (colour)',
        'View of Camera 2 (colour)',
        'View of no camera',
      ])
    await shows(views(page).nth(2))
    await views(page).nth(2).getByRole('button', { name: 'This view only' }).click()
    await eventually('one viewer', () => viewers('overview') === 1 && viewers('camera') === 0)
    await sizeShown(page, '1280 × 960 RGB8')
  })

  it('take a camera that is dropped on them', async () => {
    await layout(page, 'Two views, one above the other')
    const second = views(page).last()
    await eventually('two cameras', async () => (await viewOf(page, 'Camera 2 (colour)').count()) === 1)
    await camera(page, 'Camera 1').dragTo(imageIn(second))
    await eventually('the first camera twice', () => viewers('camera') === 2 && viewers('overview') === 0)
    await expect.poll(() => viewOf(page, 'Camera 1').count()).toBe(2)
    await expect.poll(() => second.getAttribute('aria-current')).toBe('true')
  })

  it('keep the place of a camera that is gone', async () => {
    await page.evaluate(() => {
      const stored = JSON.parse(localStorage.getItem('coverslip-view') ?? '{}')
      const panes = { a: { detector: 'camera' }, b: { detector: 'lost camera' }, c: {}, d: {} }
      const state = { ...stored.state, layout: 'columns', panes }
      localStorage.setItem('coverslip-view', JSON.stringify({ ...stored, state }))
    })
    await page.reload()
    const gone = viewOf(page, 'no camera')
    await gone.getByText('This camera is not here any more').waitFor()
    await gone.getByText('lost camera').first().waitFor()
    await shows(viewOf(page, 'Camera 1'))
    await app.screenshot('views-gone')
    await gone.getByRole('button', { name: 'Camera 2 (colour)' }).click()
    await shows(viewOf(page, 'Camera 2 (colour)'))
  })
})

describe('several views in other windows', () => {
  it.each([
    { name: 'light', width: 1000, height: 700, theme: 'light' },
    { name: 'phone', width: 390, height: 844, theme: 'dark' },
  ] as const)('are usable: $name', async ({ name, ...options }) => {
    const server = await startMicroscope()
    const app = await openApp(browser, server.url, options)
    const { page } = app
    try {
      await eventually('the first stream', () => server.engine.liveView.getActiveStreams().length === 1)
      await page.keyboard.press('v')
      await shows(viewOf(page, 'Camera 1'))
      await shows(viewOf(page, 'Camera 2 (colour)'))
      const [first, second] = await Promise.all(
        ['Camera 1', 'Camera 2 (colour)'].map((camera) => viewOf(page, camera).boundingBox()),
      )
      if (!first || !second) throw new Error('a view is not on the page')
      // On a phone there is no room side by side.
      if (name === 'phone') expect(second.y).toBeGreaterThan(first.y + first.height - 1)
      else expect(second.x).toBeGreaterThan(first.x + first.width - 1)
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      await expect.poll(overflow).toBeLessThanOrEqual(0)
      await app.screenshot(`views-${name}`)
      expect(app.complaints).toEqual([])
    } finally {
      await app.close()
      await server.close()
    }
  })
})
