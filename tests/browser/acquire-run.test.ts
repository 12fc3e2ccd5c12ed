/** Running a plan from the Acquire view as a user does, with a real engine, server and browser. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { AccessControl } from '../../src-main/access/access-control.ts'
import { createServer } from '../../src-main/server/create-server.ts'
import { eventually } from '../fixtures/eventually.ts'
import {
  choose,
  fill,
  isRefused,
  load,
  section,
  setUpAcquirePages,
  start,
  takes,
  toggle,
  twoPlaces,
} from './acquire-page.ts'
import { appFolder } from './app-page.ts'

const { openAcquire, server } = setUpAcquirePages()

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
  await expect.poll(() => files.getByRole('combobox', { name: 'File format' }).inputValue()).toBe('OME-Zarr')
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
