/** Sharing as people meet it: an owner's page, a viewer's and an operator's, each in a browser profile of its own. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { type SharedMicroscope, startSharedMicroscope } from '../fixtures/shared-microscope.ts'
import { type AppPage, appFolder, brightness, launchChromium, openApp } from './app-page.ts'

let browser: Browser
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let port: number
let microscope: SharedMicroscope
let owner: AppPage
const pages: AppPage[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  folder = await temporaryFolder()
  port = await lastingPort()
  microscope = await startSharedMicroscope({ dataFolder: folder.path, appFolder, port })
  // What a user would choose in the dialog: a port that no other test has, and no certificate to accept.
  const { settings } = microscope.engine
  const shared = { host: '127.0.0.1', port: await lastingPort(), tls: 'off' } as const
  settings.change({ remote: { ...settings.settings.remote, ...shared } })
  owner = await open(microscope.url)
})
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close()
  await microscope.close()
  await folder.remove()
})

async function open(url: string, options: Parameters<typeof openApp>[2] = {}): Promise<AppPage> {
  const page = await openApp(browser, url, { width: 1100, height: 760, ...options })
  pages.push(page)
  return page
}

const frames = (app: AppPage) =>
  eventually('an image on the screen', async () => (await brightness(app.page)).deviation > 4)
const isDisabled = (control: Locator) =>
  expect.poll(() => control.isDisabled(), { message: String(control) }).toBe(true)
const stageX = () => microscope.engine.devices.device('stage').position?.x
const control = (page: Page) => page.getByRole('group', { name: 'Control' })
const stageRight = (page: Page) => page.getByRole('button', { name: 'Stage right' })

async function openShare(): Promise<void> {
  if ((await owner.page.getByRole('dialog').count()) === 0) {
    await owner.page.getByRole('button', { name: 'Share' }).click()
  }
}

async function share(): Promise<void> {
  await openShare()
  await owner.page.getByRole('switch', { name: 'Let other computers in' }).click()
  await owner.page.getByRole('list', { name: 'Addresses' }).getByText('http://127.0.0.1:').waitFor()
}

/** Makes a link in the owner's dialog and closes it. */
async function invite(label: string, role: 'Viewer' | 'Operator'): Promise<string> {
  await openShare()
  const { page } = owner
  await page.getByRole('textbox', { name: 'For whom' }).fill(label)
  if (role === 'Operator')
    await page
      .locator('label')
      .filter({ hasText: /^Operator$/ })
      .click()
  await page.getByRole('button', { name: 'Make link' }).click()
  const link = (await page.getByLabel('Link', { exact: true }).textContent()) ?? ''
  await page.getByRole('img', { name: `QR code of the link for ${label}` }).waitFor()
  await page.getByText('it is not shown again').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  return link
}

describe('a shared microscope', () => {
  it('lets a viewer see all and change nothing', async () => {
    await share()
    const link = await invite('Anna', 'Viewer')
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
    const viewer = await open(link)
    await frames(viewer)
    // The secret is gone from the address, and a reload needs it no more.
    expect(viewer.page.url()).not.toContain('token')
    await viewer.page.reload()
    await frames(viewer)
    await control(viewer.page).getByText('Viewing only').waitFor()
    await expect.poll(() => viewer.page.getByRole('button', { name: 'Share' }).count()).toBe(0)
    for (const name of ['Stage right', 'Focus up', 'DAPI', 'Stop live view'])
      await isDisabled(viewer.page.getByRole('button', { name }).first())
    await isDisabled(viewer.page.getByRole('textbox', { name: 'Exposure, ms' }))
    // By key, too, nothing stops, and the page says why.
    await viewer.page.keyboard.press('l')
    await viewer.page.getByText('The live view goes on').or(viewer.page.getByText('Start or stop')).waitFor()
    expect(microscope.engine.liveView.getActiveStreams()).toHaveLength(1)
    await viewer.screenshot('share-viewer')
    for (const page of pages) expect(page.complaints).toEqual([])
  })

  it('tells a viewer that the link was revoked, and takes a new one', async () => {
    await share()
    const viewer = await open(await invite('Anna', 'Viewer'))
    await frames(viewer)
    await openShare()
    await owner.page.getByRole('tab', { name: /Viewers/ }).click()
    await owner.page.getByRole('listitem', { name: 'Anna' }).getByText('viewer · 127.0.0.1').waitFor()
    await owner.screenshot('share-viewers')
    await owner.page.getByRole('tab', { name: 'Invite' }).click()
    await owner.page.getByRole('button', { name: 'Revoke Anna' }).click()
    await owner.page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await viewer.page.getByRole('heading', { name: 'Your access has ended' }).waitFor()
    await viewer.screenshot('share-revoked')
    await viewer.page.reload()
    await viewer.page.getByRole('textbox', { name: 'Link or access code' }).waitFor()

    // The way back in: a new link, pasted.
    const again = await invite('Anna again', 'Viewer')
    await viewer.page.getByRole('textbox', { name: 'Link or access code' }).fill(again)
    await viewer.page.getByRole('button', { name: 'Open' }).click()
    await frames(viewer)
    for (const page of pages) expect(page.complaints).toEqual([])
  })

  it('is operated by one at a time, who hands over when asked', async () => {
    await share()
    const operator = await open(await invite('Ben', 'Operator'))
    await frames(operator)
    // Who changes something first operates.
    await stageRight(owner.page).click()
    await eventually('the owner’s step', () => stageX() === 50)
    await control(owner.page).getByText('You operate').waitFor()
    await control(operator.page).getByText('This computer operates').waitFor()
    await owner.page.getByRole('button', { name: 'Snap' }).click()
    await owner.page.getByText(/^snap.*\.tiff?$/).waitFor()
    await isDisabled(stageRight(operator.page))

    await control(operator.page).getByRole('button', { name: 'Ask for control' }).click()
    const request = owner.page.getByRole('alertdialog', { name: 'Request for control' })
    await request.getByText('Ben').waitFor()
    await request.getByText(/in \d+ s/).waitFor()
    await owner.screenshot('share-request')
    await request.getByRole('button', { name: 'Hand over' }).click()
    await control(operator.page).getByText('You operate').waitFor()
    await stageRight(operator.page).click()
    await eventually('the operator’s step', () => stageX() === 100)
    await operator.screenshot('share-operator')

    // The owner takes control at once.
    await control(owner.page).getByText('Ben operates').waitFor()
    await isDisabled(stageRight(owner.page))
    await control(owner.page).getByRole('button', { name: 'Take control' }).click()
    await control(operator.page).getByText('This computer operates').waitFor()
    await stageRight(owner.page).click()
    await eventually('the owner’s next step', () => stageX() === 150)

    // Refused by whoever keeps it.
    await control(operator.page).getByRole('button', { name: 'Ask for control' }).click()
    await request.getByRole('button', { name: 'Keep' }).click()
    await control(operator.page).getByRole('button', { name: 'Ask for control' }).waitFor()

    await openShare()
    await owner.page.getByRole('tab', { name: 'Log' }).click()
    await owner.page
      .getByRole('listitem')
      .filter({ hasText: 'Ben' })
      .getByText('stage.move')
      .first()
      .waitFor()
    await owner.screenshot('share-log')
  })

  it('disconnects a viewer, who comes back by himself while his link is valid', async () => {
    await share()
    const viewer = await open(await invite('Cleo', 'Viewer'))
    await frames(viewer)
    const watching = () => microscope.engine.viewers.list().find(({ label }) => label === 'Cleo')
    const before = await eventually('the viewer in the list', watching)
    await openShare()
    await owner.page.getByRole('tab', { name: /Viewers/ }).click()
    await owner.page.getByRole('button', { name: 'Disconnect Cleo' }).click()
    await eventually('another connection', () => {
      const now = watching()
      return now !== undefined && now.id !== before.id
    })
    await frames(viewer)
  })

  it('says in words why it cannot be shared, and which link is wrong', async () => {
    const { settings } = microscope.engine
    settings.change({
      remote: {
        ...settings.settings.remote,
        tls: 'own',
        certificateFile: '/nowhere.pem',
        keyFile: '/no.pem',
      },
    })
    await openShare()
    await owner.page.getByRole('switch', { name: 'Let other computers in' }).click()
    await owner.page
      .getByRole('region', { name: 'Sharing' })
      .getByRole('alert')
      .getByText('nowhere')
      .waitFor()
    await owner.screenshot('share-failed')
    await owner.page.getByRole('tab', { name: 'Connection' }).click()
    await owner.page.getByRole('combobox', { name: 'Encryption' }).click()
    await owner.page.getByRole('option', { name: 'Off' }).click()
    await owner.page.getByRole('button', { name: 'Apply' }).click()
    await owner.page.getByRole('list', { name: 'Addresses' }).waitFor()
    await owner.page.getByRole('tab', { name: 'Invite' }).click()
    const link = await invite('Dan', 'Viewer')
    const wrong = await open(link.replace(/token=.{6}/, 'token=AAAAAA'))
    await wrong.page.getByRole('heading', { name: 'The link does not open' }).waitFor()
    await wrong.page.getByRole('alert').getByText('not valid').waitFor()
    const none = await open(new URL(link).origin, { width: 390, height: 844 })
    await none.page.getByRole('heading', { name: 'This microscope is shared by link' }).waitFor()
    await none.screenshot('share-no-link')
  })

  it('is found again by all pages after the server was away', async () => {
    await share()
    const viewer = await open(await invite('Eve', 'Viewer'))
    await frames(viewer)
    await microscope.close()
    await viewer.page.getByText('Connection lost').waitFor()
    microscope = await startSharedMicroscope({ dataFolder: folder.path, appFolder, port })
    // The owner's page starts the live view of the new engine as when it was opened; the viewer's sees it.
    await eventually('the stream again', () => microscope.engine.liveView.getActiveStreams().length === 1)
    for (const label of ['This computer', 'Eve']) {
      await eventually(`${label} watching again`, () =>
        microscope.engine.viewers.list().some((entry) => entry.label === label && entry.fps > 0),
      )
    }
    await viewer.page.getByText('Connection lost').waitFor({ state: 'detached' })
    await frames(viewer)
  })
})

describe('on a phone', () => {
  it.each(['dark', 'light'] as const)('sharing and watching fit the screen: %s', async (theme) => {
    const phone = { width: 390, height: 844, theme } as const
    await share()
    const link = await invite('Fay', 'Operator')
    const ownerPhone = await open(microscope.url, phone)
    await ownerPhone.page.getByRole('button', { name: 'Share' }).click()
    await ownerPhone.page.getByRole('textbox', { name: 'For whom' }).waitFor()
    // How far a control lies beyond the right edge, where nothing scrolls.
    const overflow = ({ page }: AppPage) =>
      page.evaluate(() => {
        const controls = [...document.querySelectorAll('button, input')].filter(
          (element) => element.closest('[role="tablist"]') === null,
        )
        return Math.max(...controls.map((control) => control.getBoundingClientRect().right)) - innerWidth
      })
    for (const tab of [/Viewers/, 'Connection', 'Publish', 'Log', 'Invite']) {
      await ownerPhone.page.getByRole('tab', { name: tab }).click()
      await expect.poll(() => overflow(ownerPhone), { message: String(tab) }).toBeLessThanOrEqual(0)
    }
    await ownerPhone.screenshot(`share-phone-${theme}`)
    const operator = await open(link, phone)
    await frames(operator)
    await operator.page
      .getByRole('navigation', { name: 'Panels' })
      .getByRole('button', { name: 'Stage' })
      .click()
    await stageRight(operator.page).tap()
    await eventually('the step', () => stageX() === 50)
    await control(operator.page).getByText('You operate').waitFor()
    const size = await stageRight(operator.page).boundingBox()
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44)
    await expect.poll(() => overflow(operator)).toBeLessThanOrEqual(0)
    await operator.screenshot(`share-phone-operator-${theme}`)
  })
})
