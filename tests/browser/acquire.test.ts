/** The Acquire view as a user meets it: a real engine with the demo microscope, a real server, a real browser. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../src-main/access/access-control.ts'
import { createServer } from '../../src-main/server/create-server.ts'
import { eventually } from '../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, launchChromium, openApp } from './app-page.ts'

/** The demo microscope, small and slow: a software renderer draws it. */
const smallMicroscope = {
  id: 'demo',
  title: 'Demo microscope',
  worker: {
    driverUrl: new URL('../../drivers/simulated-microscope/index.ts', import.meta.url).href,
    address: 'demo',
    options: { width: 256, height: 256, frameRate: 8 },
    idPrefix: '',
  },
}

let browser: Browser
let server: TestServer
let dataFolder: string
const pages: AppPage[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-acquire-'))
  server = await startTestServer({ config: { dataFolder, connections: [smallMicroscope] }, appFolder })
})
afterEach(async () => {
  for (const { complaints, close } of pages.splice(0)) {
    expect(complaints).toEqual([])
    await close()
  }
  await server.close()
  await rm(dataFolder, { recursive: true, force: true })
})

async function openAcquire(options: Parameters<typeof openApp>[2] = {}, url = server.url): Promise<AppPage> {
  const app = await openApp(browser, url, { width: 1440, height: 1000, ...options })
  pages.push(app)
  await app.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Acquire' }).click()
  return app
}

const section = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true })
const toggle = (page: Page, name: string) =>
  section(page, name).getByRole('switch').locator('xpath=..').click()
const row = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })
const takes = (page: Page) => page.getByRole('status', { name: 'What it takes' })
const start = (page: Page) => page.getByRole('button', { name: 'Start acquisition' })
/** A button that tells at the pointer why it cannot be pressed. */
const isRefused = (button: Locator) =>
  expect.poll(() => button.getAttribute('aria-disabled'), { message: String(button) }).toBe('true')

/** Starts a plan that is long or doubtful enough for a last look. */
async function startAfterLook(page: Page): Promise<void> {
  await start(page).click()
  const look = page.getByRole('alertdialog', { name: 'Start this acquisition?' })
  await look.getByRole('button', { name: 'Start', exact: true }).click()
}

/** Pauses the plan that is started next, at its first image: however slow a page is, it sees the pause. */
function pauseAtFirstImage(): void {
  const { acquisition } = server.engine
  const stop = acquisition.onEvent(({ type }) => {
    if (type !== 'eventStarted') return
    stop()
    acquisition.pause()
  })
}

/** Puts a usual experiment into the editor. */
async function template(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Templates' }).click()
  await page.getByRole('dialog', { name: 'Templates' }).getByRole('button', { name }).click()
}

async function fill(field: Locator, text: string): Promise<void> {
  await field.fill(text)
  await field.press('Enter')
}

/** Chooses `option` of the list that unfolds from the field `name` within `part`. */
async function choose(page: Page, part: Locator, name: string, option: string): Promise<void> {
  await part.getByRole('combobox', { name }).or(part.getByRole('textbox', { name })).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function moveStage(position: { x?: number; y?: number; z?: number }): Promise<void> {
  const stage = server.engine.devices.devices().find(({ description }) => description.kind === 'stage')
  await server.engine.devices.moveStage(stage?.id ?? '', position, 'absolute')
}

/** Two channels, a stack between top and bottom as they are set at the stage, two positions, as a user builds them. */
async function buildPlan(page: Page): Promise<void> {
  await toggle(page, 'Channels')
  await page.getByRole('button', { name: 'Add channel' }).click()
  await choose(page, row(page, 'Channel 1'), 'Preset', 'GFP')
  await fill(row(page, 'Channel 1').getByRole('textbox', { name: 'Exposure' }), '15')

  await toggle(page, 'Focus stack')
  const stack = section(page, 'Focus stack')
  await choose(page, stack, 'Kind of stack', 'Between top and bottom')
  await moveStage({ z: 4 })
  const focus = page.getByRole('textbox', { name: 'Position Z' })
  await expect.poll(() => focus.inputValue()).toBe('4.0')
  await stack.getByRole('button', { name: 'Set top here' }).click()
  await moveStage({ z: -2 })
  await expect.poll(() => focus.inputValue()).toBe('−2.0')
  await stack.getByRole('button', { name: 'Set bottom here' }).click()
  await fill(stack.getByRole('textbox', { name: 'Step' }), '2')

  await toggle(page, 'Positions')
  await fill(row(page, 'Position 1').getByRole('textbox', { name: 'Name' }), 'left')
  await moveStage({ x: 120, y: 40 })
  await expect.poll(() => page.getByRole('textbox', { name: 'Position X' }).inputValue()).toBe('120.0')
  await page.getByRole('button', { name: 'Add current' }).click()
  await row(page, 'Position 2').waitFor()
}

const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

/** Opens a plan file by the picker. */
async function load(page: Page, plan: Readonly<Record<string, unknown>>): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(file('plan.json', JSON.stringify(plan)))
}

const twoPlaces = {
  channels: ['GFP', 'DAPI'],
  z_plan: { top: 4, bottom: -2, step: 2 },
  stage_positions: [
    { x: 0, y: 0, z: 0, name: 'left' },
    { x: 120, y: 40, z: 0 },
  ],
}

/** Who only views sees the plan that runs, may edit one for himself, and cannot start or stop anything. */
async function seeAsViewer(): Promise<void> {
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
    const { page, screenshot, close } = await openAcquire(
      { width: 1000, height: 800 },
      `${shared.url}/#token=${secret}`,
    )
    const run = section(page, 'Acquisition')
    await run.getByText(/of 10.000/).waitFor()
    await toggle(page, 'Time')
    await takes(page).getByText('10 images').waitFor()
    for (const name of ['Pause', 'Cancel', 'Start acquisition'])
      await isRefused(page.getByRole('button', { name, exact: true }))
    await start(page).hover({ force: true })
    await page.getByText('You are viewing only').filter({ visible: true }).first().waitFor()
    await screenshot('acquire-viewer')
    await close()
  } finally {
    await shared.close()
  }
}

describe('the Acquire view', () => {
  it('builds a plan by clicking, says what it takes, and keeps it over a reload', async () => {
    const { page, screenshot } = await openAcquire()
    await buildPlan(page)
    // 2 positions × 2 channels × 4 planes.
    await takes(page).getByText('16 images').waitFor()
    await takes(page).getByText('2 positions × 2 channels × 4 planes').waitFor()
    await takes(page)
      .getByText(/of .* free/)
      .waitFor()
    const order = section(page, 'Order').getByRole('combobox', { name: 'Channels and planes' })
    await expect.poll(() => order.inputValue()).toBe('The whole stack in each channel')
    await choose(page, section(page, 'Order'), 'Channels and planes', 'All channels at each plane')
    await screenshot('acquire-plan')

    await page.reload()
    await takes(page).getByText('16 images').waitFor()
    const exposure = row(page, 'Channel 1').getByRole('textbox', { name: 'Exposure' })
    await expect.poll(() => exposure.inputValue()).toBe('15')
    const name = row(page, 'Position 1').getByRole('textbox', { name: 'Name' })
    await expect.poll(() => name.inputValue()).toBe('left')

    // Rows move by keys, with what has the focus.
    await exposure.press('Alt+ArrowDown')
    const moved = row(page, 'Channel 2').getByRole('textbox', { name: 'Exposure' })
    await expect.poll(() => moved.inputValue()).toBe('15')
    await expect.poll(() => moved.evaluate((element) => element === document.activeElement)).toBe(true)

    // What is switched off comes back as it was.
    await toggle(page, 'Focus stack')
    await takes(page).getByText('4 images').waitFor()
    await toggle(page, 'Focus stack')
    await takes(page).getByText('16 images').waitFor()
  })

  it('runs a plan to its end before two browsers, and opens what was acquired', async () => {
    const { page, screenshot } = await openAcquire()
    await load(page, { ...twoPlaces, time_plan: { interval: 2, loops: 6 } })
    await fill(page.getByRole('textbox', { name: 'Name of the acquisition' }), 'two-places')
    const files = section(page, 'Files and cameras')
    await choose(page, files, 'File format', 'OME-Zarr')
    await takes(page).getByText('96 images').waitFor()
    const run = section(page, 'Acquisition')
    pauseAtFirstImage()
    await start(page).click()
    await run.getByText('Paused', { exact: true }).waitFor()
    await screenshot('acquire-paused')

    const other = await openAcquire({ width: 900, height: 700 })
    const seen = section(other.page, 'Acquisition')
    await seen.getByText('two-places').waitFor()
    await seen.getByText('Paused', { exact: true }).waitFor()
    // Who looks elsewhere is told of the end, too.
    await other.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Live' }).click()
    await other.page.getByRole('button', { name: 'Acquisition under way' }).waitFor()
    await run.getByRole('button', { name: 'Resume' }).click()
    await run.getByText('Finished').waitFor()
    await run.getByText('All 96 images are there.').waitFor()
    await screenshot('acquire-finished')
    expect(server.engine.acquisition.status?.finish?.reason).toBe('completed')
    await other.page.getByRole('button', { name: 'Acquisition ended' }).click()
    await seen.getByText('All 96 images are there.').waitFor()

    // The plan comes back as it was run.
    await page.getByRole('button', { name: 'New plan' }).click()
    await choose(page, files, 'File format', 'Video')
    await run.getByRole('button', { name: 'Repeat' }).click()
    await takes(page).getByText('96 images').waitFor()
    await expect
      .poll(() => files.getByRole('combobox', { name: 'File format' }).inputValue())
      .toBe('OME-Zarr')
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Name of the acquisition' }).inputValue())
      .toBe('two-places')
    await run.getByRole('button', { name: 'Open' }).click()
    await page.getByText('two-places').first().waitFor()
    await page.getByText('This frame').waitFor()
    await screenshot('acquire-opened')
  })

  it('is cancelled at once while little was done, and after a question once it was much', async () => {
    const { page, screenshot } = await openAcquire()
    await load(page, { channels: ['BF'], time_plan: { interval: 60, loops: 10 } })
    const run = section(page, 'Acquisition')
    await takes(page).getByText('10 images').waitFor()
    await start(page).click()
    await run.getByText(/^Next image in/).waitFor()
    await screenshot('acquire-waiting')
    await run.getByRole('button', { name: 'Cancel' }).click()
    await run.getByText('Cancelled').waitFor()

    await load(page, { channels: ['BF'], time_plan: { interval: 0.2, loops: 10_000 } })
    await takes(page)
      .getByText(/10.000 images/)
      .waitFor()
    await startAfterLook(page)
    await run.getByRole('button', { name: 'Pause' }).waitFor()
    await eventually('much to be done', () => (server.engine.acquisition.status?.frames.written ?? 0) > 25)
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Live' }).click()
    await page.getByRole('button', { name: 'Acquisition under way' }).click()
    await screenshot('acquire-running')
    await run.getByRole('button', { name: 'Pause' }).click()
    await run.getByText('Paused', { exact: true }).waitFor()
    await run.getByRole('button', { name: 'Resume' }).click()
    await run.getByRole('button', { name: 'Pause' }).waitFor()
    await seeAsViewer()
    await run.getByRole('button', { name: 'Cancel' }).click()
    await run.getByRole('button', { name: 'Go on' }).click()
    await run.getByRole('button', { name: 'Cancel' }).click()
    await run.getByRole('button', { name: 'End it' }).click()
    await run.getByText('Cancelled').waitFor()
    expect(server.engine.acquisition.status?.finish?.reason).toBe('cancelled')
    await run.getByRole('button', { name: 'Close' }).click()
    await run.waitFor({ state: 'hidden' })
  })

  it('asks before a long plan is started, once, and takes no held key for an answer', async () => {
    const { page } = await openAcquire()
    await load(page, { channels: ['BF'], time_plan: { interval: 0.2, loops: 10_000 } })
    await takes(page)
      .getByText(/10.000 images/)
      .waitFor()
    const isReady = () => expect.poll(() => start(page).getAttribute('aria-disabled')).toBeNull()
    await isReady()
    const look = page.getByRole('alertdialog', { name: 'Start this acquisition?' })
    await start(page).focus()
    for (let repeat = 0; repeat < 3; repeat++) await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    // One: of several, waiting would complain.
    await look.waitFor()
    await page.keyboard.press('Escape')
    await look.waitFor({ state: 'detached' })
    expect(server.engine.acquisition.status).toBeUndefined()

    // The focus is back where the look was asked for.
    await expect.poll(() => start(page).evaluate((button) => button === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await look.waitFor()
    // Somebody else's plan comes in between.
    await server.engine.acquisition.start({
      plan: { channels: ['BF'], time_plan: { interval: 60, loops: 9 } },
    })
    await look.waitFor({ state: 'hidden' })
    await server.engine.acquisition.cancel()
    await isReady()
    expect(await look.count()).toBe(0)
  })

  it('names what keeps a plan from running, and leads to it', async () => {
    const { page, screenshot } = await openAcquire()
    await load(page, twoPlaces)
    await takes(page).getByText('16 images').waitFor()
    await fill(row(page, 'Position 2').getByRole('textbox', { name: 'X, µm', exact: true }), '9999999')
    const problems = page.getByRole('list', { name: 'Problems of the plan' })
    await problems.getByRole('button').first().waitFor()
    await section(page, 'Positions')
      .getByRole('img', { name: 'Something here keeps the plan from running' })
      .waitFor()
    await isRefused(start(page))
    await screenshot('acquire-problem')

    await section(page, 'Positions').getByRole('button', { name: 'Positions', exact: true }).click()
    await row(page, 'Position 2').waitFor({ state: 'hidden' })
    await problems.getByRole('button').first().click()
    await row(page, 'Position 2').waitFor()
    await row(page, 'Position 2').getByRole('button', { name: 'Remove P2' }).click()
    await takes(page).getByText('8 images').waitFor()
    await expect.poll(() => start(page).getAttribute('aria-disabled')).toBeNull()
  })

  it('says at a field why it takes something not, and starts nothing until that is corrected', async () => {
    const { page, screenshot } = await openAcquire()
    await load(page, { ...twoPlaces, time_plan: { interval: 1, loops: 2 } })
    await takes(page).getByText('32 images').waitFor()
    const channel = row(page, 'Channel 1')
    const exposure = channel.getByRole('textbox', { name: 'Exposure' })
    const described = () =>
      exposure.evaluate(
        (input) => document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent,
      )
    await fill(exposure, 'soon')
    await channel.getByRole('alert').getByText('Not a number: type more than 0 ms').waitFor()
    expect(await exposure.getAttribute('aria-invalid')).toBe('true')
    expect(await described()).toBe('Not a number: type more than 0 ms')
    await isRefused(start(page))
    // Left, it stays to be corrected.
    await exposure.fill('-5')
    await fill(section(page, 'Time').getByRole('textbox', { name: 'Interval' }), 'now and then')
    const problems = page.getByRole('list', { name: 'Problems of the plan' })
    await problems.getByText('Too small: type more than 0 ms').waitFor()
    await problems.getByText(/Not a time: type 30 s/).waitFor()
    expect(await exposure.inputValue()).toBe('-5')
    await screenshot('acquire-refused')
    await problems.getByRole('button', { name: 'Channel 1 (GFP), exposure' }).click()
    await expect.poll(() => exposure.evaluate((input) => input === document.activeElement)).toBe(true)
    await exposure.press('Escape')
    await section(page, 'Time').getByRole('textbox', { name: 'Interval' }).press('Escape')
    await problems.waitFor({ state: 'hidden' })
    expect(await exposure.getAttribute('aria-invalid')).toBe('false')
    await expect.poll(() => start(page).getAttribute('aria-disabled')).toBeNull()

    // A press on the button comes too late for what the field has refused at that moment.
    await exposure.fill('0')
    await start(page).click()
    await channel.getByRole('alert').getByText('Too small: type more than 0 ms').waitFor()
    expect(server.engine.acquisition.status).toBeUndefined()
    await exposure.press('Escape')

    // It stays in its row when another goes, and goes with its row.
    const second = row(page, 'Channel 2').getByRole('textbox', { name: 'Exposure' })
    await fill(second, '-7')
    await row(page, 'Channel 1').getByRole('button', { name: 'Remove GFP' }).click()
    await row(page, 'Channel 2').waitFor({ state: 'detached' })
    await channel.getByRole('alert').getByText('Too small: type more than 0 ms').waitFor()
    expect(await exposure.inputValue()).toBe('-7')
    await isRefused(start(page))
    await section(page, 'Channels').getByRole('button', { name: 'Add channel' }).click()
    await row(page, 'Channel 2').waitFor()
    await channel.getByRole('button', { name: 'Remove DAPI' }).click()
    await row(page, 'Channel 2').waitFor({ state: 'detached' })
    expect(await exposure.inputValue()).toBe('')
    await expect.poll(() => start(page).getAttribute('aria-disabled')).toBeNull()

    // What is typed beside the images is none of the plan.
    const microscope = page.getByRole('complementary', { name: 'Microscope' })
    await fill(microscope.getByRole('textbox', { name: 'Position X' }), '9999999')
    await microscope
      .getByRole('alert')
      .getByText(/^Too large/)
      .waitFor()
    await expect.poll(() => start(page).getAttribute('aria-disabled')).toBeNull()
  })

  it('lets nobody move the stage or set the camera by hand while a plan does, until it is paused', async () => {
    const { page } = await openAcquire()
    await load(page, { channels: ['BF'], time_plan: { interval: 60, loops: 9 } })
    await takes(page).getByText('9 images').waitFor()
    await start(page).click()
    const run = section(page, 'Acquisition')
    const right = page.getByRole('button', { name: 'Stage right' })
    await run.getByText(/^Next image in/).waitFor()
    await expect.poll(() => right.isDisabled()).toBe(true)
    await page.getByRole('application', { name: /^Live image/ }).press('ArrowRight')
    await page.getByRole('alert').getByText('Pause it to do so by hand').waitFor()
    expect(server.engine.devices.device('stage').position).toMatchObject({ x: 0, y: 0 })
    const views = page.getByRole('navigation', { name: 'Views' })
    await views.getByRole('button', { name: 'Live' }).click()
    const camera = section(page, 'Camera')
    const [exposure, binning] = ['Exposure', 'Binning'].map((name) =>
      camera.getByRole('group', { name, exact: true }).locator('input').first(),
    )
    await expect.poll(() => exposure?.isDisabled()).toBe(true)
    await exposure?.hover({ force: true })
    const reason = page.getByText('Pause it to set the camera by hand').filter({ visible: true })
    await reason.first().waitFor()
    await views.getByRole('button', { name: 'Acquire' }).click()
    await run.getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => right.isEnabled()).toBe(true)
    await right.click()
    await eventually('the stage there', () => server.engine.devices.device('stage').position?.x === 50)
    // The search would not wait for its end, nor does a camera stop for a setting.
    expect(await page.getByRole('button', { name: 'Find focus' }).isDisabled()).toBe(true)
    await views.getByRole('button', { name: 'Live' }).click()
    await expect.poll(() => exposure?.isEnabled()).toBe(true)
    expect(await binning?.isDisabled()).toBe(true)
    await views.getByRole('button', { name: 'Acquire' }).click()
    await run.getByRole('button', { name: 'Cancel' }).click()
    await run.getByText('Cancelled').waitFor()
    // What kept it from being moved is over.
    await page.getByRole('alert').waitFor({ state: 'hidden' })
  })

  it('loads plan files, says what is wrong with them, keeps what it does not show, and saves', async () => {
    const { page, screenshot } = await openAcquire()
    const picker = page.locator('input[type="file"]')
    const kept = {
      metadata: { author: 'Ada' },
      chanels: [],
      channels: ['GFP'],
      stage_positions: [{ x: 0, y: 0, sequence: { z_plan: { range: 4, step: 2 } } }],
      time_plan: { interval: 0.1, loops: 2 },
    }
    await load(page, kept)
    await page.getByRole('alert', { name: 'Remarks about the file' }).getByText('chanels').waitFor()
    await section(page, 'Kept from the file').getByText('author').waitFor()
    await row(page, 'Position 1').getByText('Own settings, kept from the file: focus stack').waitFor()
    await takes(page).getByText('6 images').waitFor()
    await screenshot('acquire-loaded')

    await picker.setInputFiles(
      file('bad.yaml', 'z_plan: {top: 1, bottom: 5, step: -1}\ntime_plan: {interval: 1, loops: 0}\n'),
    )
    const refusal = page.getByRole('alert', { name: 'The file was not loaded' })
    await refusal.getByText('z_plan.step').waitFor()
    await refusal.getByText('time_plan.loops').waitFor()
    await screenshot('acquire-bad-file')
    // Nothing of it was taken.
    await takes(page).getByText('6 images').waitFor()
    // It is corrected in place, and the plan before comes back.
    await refusal.getByText('Focus stack, step').waitFor()
    await refusal.getByRole('button', { name: 'Correct it here…' }).click()
    const correction = refusal.getByRole('textbox', { name: 'Text of the plan' })
    await correction.fill('z_plan: {top: 5, bottom: 1, step: 1}\ntime_plan: {interval: 1, loops: 0}\n')
    await refusal.getByRole('button', { name: 'Read it again' }).click()
    await refusal.getByText('z_plan.step').waitFor({ state: 'hidden' })
    await refusal.getByText('time_plan.loops').waitFor()
    // Opened anew, it is what is in the file by now.
    const anew = 'time_plan: {interval: 1, loops: -1}\n'
    await picker.setInputFiles(file('bad.yaml', anew))
    await refusal.getByRole('button', { name: 'Correct it here…' }).click()
    await expect.poll(() => correction.inputValue()).toBe(anew)
    await correction.fill('z_plan: {top: 5, bottom: 1, step: 1}\ntime_plan: {interval: 1, loops: 2}\n')
    await refusal.getByRole('button', { name: 'Read it again' }).click()
    await refusal.waitFor({ state: 'hidden' })
    await takes(page).getByText('10 images').waitFor()
    await page.getByRole('button', { name: 'Bring back the plan before' }).click()
    await takes(page).getByText('6 images').waitFor()

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('menuitem', { name: 'As YAML' }).click()
    const saved = await download
    expect(saved.suggestedFilename()).toBe('plan.useq.yaml')
    const text = await readFile(await saved.path(), 'utf8')
    expect(text).toContain('Ada')

    // Dropped on the view it is the same plan again.
    await page.getByRole('button', { name: 'New plan' }).click()
    await page.getByText('Nothing to acquire yet').waitFor()
    const dropped = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], 'again.yaml'))
      return transfer
    }, text)
    await page.locator('[data-plan]').dispatchEvent('drop', { dataTransfer: dropped })
    await takes(page).getByText('6 images').waitFor()
  })

  it('draws tiles on the map by mouse and by keys, and wells on a plate', async () => {
    const { page, screenshot } = await openAcquire()
    const map = page.getByRole('application', { name: /^Map of the stage/ })
    await page.getByRole('application', { name: /^Live image/ }).waitFor()
    await eventually('the size of an image', async () => {
      await page.getByRole('button', { name: 'Draw an area of tiles' }).click()
      const box = await map.boundingBox()
      if (box === null) return false
      await page.mouse.move(box.x + 150, box.y + 80)
      await page.mouse.down()
      await page.mouse.move(box.x + 400, box.y + 250, { steps: 4 })
      await page.mouse.up()
      return /[2-9]\d* tiles/.test((await section(page, 'Tiles').textContent()) ?? '')
    })
    await takes(page).getByText(/tiles/).waitFor()
    await screenshot('acquire-area')

    await page.getByRole('button', { name: 'Draw a polygon of tiles' }).click()
    await map.focus()
    const keys = ['Space', 'Shift+ArrowRight', 'Space', 'Shift+ArrowDown', 'Space', 'Enter']
    for (const key of keys) await map.press(key)
    await section(page, 'Tiles').getByText('3 corners').waitFor()
    await screenshot('acquire-polygon')

    await template(page, /^Well plate/)
    await page.getByRole('gridcell', { name: 'B3', exact: true }).click()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await page.getByRole('grid', { name: 'Wells of the plate, 3 wells chosen' }).waitFor()
    await screenshot('acquire-plate')
  })

  it('keeps what is set now as a channel, renames and forgets it', async () => {
    const { page, screenshot } = await openAcquire()
    await server.engine.devices.setProperty('led-555', 'on', true)
    await server.engine.devices.setProperty('led-555', 'intensity', 35)
    const presets = page.getByRole('button', { name: 'Presets…' })
    const list = page.getByRole('dialog', { name: /^Presets/ })
    await presets.click()
    await list.getByText(/LED 555 nm 35 %/).waitFor()
    await list.getByRole('textbox', { name: 'Name of the channel' }).fill('Both')
    await screenshot('acquire-presets')
    await list.getByRole('button', { name: 'Keep', exact: true }).click()
    const preset = row(page, 'Channel 1').getByRole('combobox', { name: 'Preset' })
    await expect.poll(() => preset.inputValue()).toBe('Both')
    await takes(page).getByText('1 image').waitFor()
    expect(server.engine.devices.presets().at(-1)).toMatchObject({ name: 'Both', own: true })

    await presets.click()
    const rename = list.getByRole('button', { name: 'Rename Both' })
    await rename.click()
    // Escape is about the name, not about the list.
    await list.getByRole('textbox', { name: 'New name of Both' }).press('Escape')
    expect(await presets.getAttribute('aria-expanded')).toBe('true')
    expect(await rename.evaluate((element) => element === document.activeElement)).toBe(true)
    await rename.click()
    await fill(list.getByRole('textbox', { name: 'New name of Both' }), 'Red and green')
    await list.getByRole('button', { name: 'Forget Red and green' }).waitFor()
    await expect.poll(() => preset.inputValue()).toBe('Red and green')
    await list.getByRole('button', { name: 'Forget Red and green' }).click()
    // The plan says what it lacks now.
    await page
      .getByRole('list', { name: 'Problems of the plan' })
      .getByText(/Red and green/)
      .first()
      .waitFor()
  })

  it('keeps templates, and forgets them', async () => {
    const { page } = await openAcquire()
    await toggle(page, 'Time')
    const templates = page.getByRole('button', { name: 'Templates' })
    await templates.click()
    await page.getByRole('textbox', { name: 'Name of the template' }).fill('every minute')
    await page.getByRole('button', { name: 'Keep', exact: true }).click()
    await page.getByRole('button', { name: 'Forget every minute' }).waitFor()
    await page
      .getByRole('dialog', { name: 'Templates' })
      .getByRole('button', { name: /^Multi-channel/ })
      .click()
    await templates.click()
    await page.getByRole('button', { name: 'every minute', exact: true }).click()
    await section(page, 'Time').getByText('10 time points').waitFor()
    await templates.click()
    await page.getByRole('button', { name: 'Forget every minute' }).click()
    await page.getByText('None yet.').waitFor()
  })

  it('is used on a phone, and in the light', async () => {
    const { page, screenshot } = await openAcquire({ width: 390, height: 844, theme: 'light' })
    await page
      .getByRole('region', { name: 'Begin' })
      .getByRole('button', { name: /^Z-stack/ })
      .click()
    await takes(page).getByText('11 images').waitFor()
    for (const name of ['Channels', 'Positions', 'Time'])
      if (!(await section(page, name).getByRole('switch').isChecked())) await toggle(page, name)
    await page.getByRole('button', { name: 'Add current' }).waitFor()
    const tooWide = await page
      .locator('[data-plan] *')
      .evaluateAll((all) =>
        all.flatMap((one) =>
          one.getBoundingClientRect().right > window.innerWidth + 1 ? [one.outerHTML] : [],
        ),
      )
    expect(tooWide).toEqual([])
    await page.locator('label').filter({ hasText: /^Map$/ }).click()
    await page.getByRole('application', { name: /^Map of the stage/ }).waitFor()
    await screenshot('acquire-phone')
    await page
      .locator('label')
      .filter({ hasText: /^Stage$/ })
      .click()
    await page.getByRole('button', { name: 'Stage right' }).waitFor()
  })

  it('leaves a phone’s controls free of what went wrong', async () => {
    const { page, screenshot } = await openAcquire({ width: 390, height: 844 })
    await load(page, { stage_positions: [{ x: 9_999_999, y: 0 }, { z: 9_999_999 }] })
    await page.getByRole('button', { name: 'Go to P1' }).click()
    const notices = page.getByRole('alert').filter({ hasText: 'did not move' })
    await notices.waitFor()
    await page.getByRole('button', { name: 'Go to P2' }).click()
    await page.getByRole('button', { name: 'One more' }).waitFor()
    expect(await notices.count()).toBe(1)
    await screenshot('acquire-phone-notice')
    // It takes its own room, above all that can be used.
    const bottom = (box: { y: number; height: number } | null) => (box === null ? 0 : box.y + box.height)
    const choice = page.getByRole('radiogroup', { name: 'What is shown' })
    expect(bottom(await notices.boundingBox())).toBeLessThanOrEqual((await choice.boundingBox())?.y ?? 0)
    await page.getByRole('button', { name: 'One more' }).click()
    await expect.poll(() => notices.count()).toBe(2)
    const strip = (await notices.last().boundingBox()) ?? { y: 0, height: 0 }
    expect(strip.y).toBeLessThan((await choice.boundingBox())?.y ?? 0)
    const dismiss = page.getByRole('button', { name: /^Dismiss: / })
    await dismiss.first().click()
    await dismiss.first().click()
    await expect.poll(() => notices.count()).toBe(0)
  })
})
