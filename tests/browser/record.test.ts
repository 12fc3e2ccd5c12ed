/** Recording as a user meets it: a real engine, server and browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDemoServer } from '../fixtures/demo-server.ts'
import { eventually } from '../fixtures/eventually.ts'
import type { TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, launchChromium, openApp } from './app-page.ts'

let browser: Browser
let folder: string
let server: TestServer
let app: AppPage

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-record-page-'))
  server = await startDemoServer({ appFolder, side: 256, frameRate: 20, dataFolder: folder })
})
afterEach(async () => {
  await app.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

const button = (name: string) => app.page.getByRole('button', { name, exact: true })
const progress = () => app.page.getByLabel('Recording progress')
const recording = () => server.engine.recorder.status
const inState = (state: string) =>
  eventually(`a recording that is ${state}`, () => recording()?.state === state)

/** Until the page has had the answer to its last call: what is pressed before, but an end, counts for nothing. */
const answered = (name: string) =>
  eventually(`the answer that makes ${name}`, async () =>
    (await button(name).count()) === 1 ? (await button(name).getAttribute('data-loading')) === null : false,
  )

/** Picks from a list that unfolds. */
async function choose(label: string, option: string): Promise<void> {
  await app.page.getByRole('combobox', { name: label }).click()
  await app.page.getByRole('option', { name: option, exact: true }).click()
}
async function type(label: string, value: string): Promise<void> {
  const field = app.page.getByRole('textbox', { name: label })
  await field.fill(value)
  await field.press('Enter')
}

describe('recording in the browser', () => {
  it('is armed, keeps the time before, begins at the button and ends at it', async () => {
    app = await openApp(browser, server.url)
    await button('How to record').click()
    await app.page.getByLabel('Estimate').waitFor()
    await choose('When it begins', 'When I press Begin')
    await type('Seconds from before, s', '1')
    await eventually('the memory for a second more', async () =>
      /of memory/.test((await app.page.getByLabel('Estimate').textContent()) ?? ''),
    )
    await app.screenshot('record-options-dark')
    await button('Record').click()
    await inState('waiting')
    await progress().getByText('Armed').waitFor()
    await app.screenshot('record-armed-dark')
    await progress().getByText('keeps the last 1 s').waitFor()
    const camera = server.engine.devices.camera()
    await eventually(
      'a second of frames',
      () => (server.engine.devices.device(camera.id).health?.frames ?? 0) > 30,
    )
    await button('Begin recording').click()
    await inState('acquiring')
    await eventually('frames', () => (recording()?.frames.written ?? 0) > 15)
    await app.screenshot('record-running-dark')
    await button('Stop recording').click()
    await inState('finished')
    await button('Record').waitFor()
    expect(recording()).toMatchObject({ frames: { lost: 0 }, finish: { reason: 'completed' } })
    expect(app.complaints).toEqual([])
  })

  it('says what it waits for, and can be told to wait no longer', async () => {
    app = await openApp(browser, server.url, { theme: 'light' })
    await button('How to record').click()
    await choose('When it begins', 'When the image changes')
    await type('Change of the image, %', '90')
    await choose('File format', 'Video')
    await app.page.getByText('For measuring, choose another format').waitFor()
    await app.screenshot('record-options-light')
    await choose('File format', 'Raw + JSON')
    await button('Record').click()
    await inState('waiting')
    await progress()
      .getByText(/^\d+\.\d of 90 %$/)
      .waitFor()
    await app.screenshot('record-waiting-light')
    await button('Do not record').click()
    await inState('finished')
    await progress().getByText('It was stopped before it began').waitFor()
    await button('How to record').click()
    await choose('When it begins', 'At a time')
    const field = app.page.getByLabel('Time to begin')
    const later = new Date(Date.now() + 7_200_000).toTimeString().slice(0, 5)
    await field.fill(later)
    await button('Record').click()
    await progress().getByText(`Waits until ${later}:00`).waitFor()
    await answered('Begin recording')
    // The key begins it, too.
    await app.page.keyboard.press('r')
    await answered('Stop recording')
    await app.page.keyboard.press('r')
    await inState('finished')
    expect(recording()).toMatchObject({ format: 'raw', finish: { reason: 'completed' } })
  })

  it('records what stands in its options, and nothing while a field there has refused something', async () => {
    app = await openApp(browser, server.url)
    await button('How to record').click()
    await app.page.getByRole('textbox', { name: 'Name of the recording' }).fill('beads')
    await choose('Length', 'Seconds')
    const seconds = app.page.getByRole('textbox', { name: 'Seconds to record, s' })
    await seconds.fill('soon')
    await button('Record').click()
    await app.page.getByRole('alert').getByText('Not a number: type 0.01 s or more').waitFor()
    await app.screenshot('record-refused')
    expect(recording()).toBeUndefined()
    // What is typed last counts, also when the button is pressed at once.
    await seconds.fill('0.5')
    await button('Record').click()
    await inState('finished')
    expect(recording()).toMatchObject({ name: 'beads', finish: { reason: 'completed' } })
    expect(recording()?.frames.written).toBeLessThan(100)
  })

  it('does nothing wrong when its key is pressed twice, or held', async () => {
    app = await openApp(browser, server.url)
    await button('Record').waitFor()
    await expect.poll(() => button('Record').isEnabled()).toBe(true)
    /** All in one turn of the page: no answer can come between them. */
    const press = (...repeats: boolean[]) =>
      app.page.evaluate((all) => {
        for (const repeat of all)
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true, repeat }))
      }, repeats)
    await press(false, false, true, true)
    await inState('acquiring')
    const id = recording()?.id
    await eventually('frames', () => (recording()?.frames.written ?? 0) > 3)
    await answered('Stop recording')
    await press(true)
    // A call that it should not have made would have been answered by now.
    await answered('Stop recording')
    expect(recording()).toMatchObject({ id, state: 'acquiring' })
    await expect.poll(() => app.page.getByRole('alert').count()).toBe(0)
    await press(false)
    await inState('finished')
    expect(recording()).toMatchObject({ id, finish: { reason: 'completed' } })
  })

  it('records the cameras of all views side by side', async () => {
    app = await openApp(browser, server.url)
    await button('Two views side by side').click()
    await button('How to record').click()
    await app.page
      .locator('label')
      .filter({ hasText: /^All views$/ })
      .click()
    await button('Record').click()
    await inState('acquiring')
    expect(recording()?.detectorNames).toHaveLength(2)
    await button('Stop recording').click()
    await inState('finished')
  })

  it('is to be had on a phone', async () => {
    app = await openApp(browser, server.url, { width: 390, height: 780 })
    await button('How to record').click()
    await app.page.getByLabel('Estimate').waitFor()
    await choose('When it begins', 'When I press Begin')
    await app.screenshot('record-options-phone')
    // What is refused stays to be corrected, wherever one taps.
    await choose('Length', 'Seconds')
    const seconds = app.page.getByRole('textbox', { name: 'Seconds to record, s' })
    await seconds.fill('soon')
    await app.page.touchscreen.tap(190, 150)
    const refusal = app.page.getByRole('alert').getByText('Not a number: type 0.01 s or more')
    await refusal.waitFor()
    await app.screenshot('record-refused-phone')
    await button('How to record').tap()
    expect(await refusal.isVisible()).toBe(true)
    expect(await seconds.inputValue()).toBe('soon')
    await seconds.fill('3600')
    await seconds.press('Enter')
    await refusal.waitFor({ state: 'detached' })
    await button('Record').click()
    await inState('waiting')
    await progress().getByText('Armed').waitFor()
    await app.screenshot('record-armed-phone')
    await button('Begin recording').click()
    await inState('acquiring')
    await app.screenshot('record-running-phone')
    await button('Stop recording').click()
    await inState('finished')
  })
})
