/** Building a plan in the Acquire view as a user does, with a real engine, server and browser. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import {
  choose,
  fill,
  isRefused,
  load,
  row,
  section,
  setUpAcquirePages,
  start,
  takes,
  template,
  toggle,
  twoPlaces,
} from './acquire-page.ts'

const { openAcquire, server } = setUpAcquirePages()

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

    // Where no row is left, the keyboard goes on at the section's switch.
    await row(page, 'Position 1').getByRole('button', { name: 'Remove left' }).press('Enter')
    await row(page, 'Position 1').waitFor({ state: 'hidden' })
    const toggler = section(page, 'Positions').getByRole('switch')
    await expect.poll(() => toggler.evaluate((element) => element === document.activeElement)).toBe(true)
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

  it('lays what is seen where a plan would take it, also of a part of the sensor beside its middle', async () => {
    for (const side of ['roiWidth', 'roiHeight']) await server.engine.devices.setProperty('camera', side, 64)
    const { page, screenshot } = await openAcquire()
    // Without a plan, the middle of the map is where the stage is.
    const pictures = page.getByRole('application', { name: /^Map of the stage/ }).locator('canvas')
    await eventually('a picture in the middle', () =>
      pictures.evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return false
        const pixel = canvas.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1)
        return (pixel?.data[3] ?? 0) > 0
      }),
    )
    await screenshot('acquire-map-region')
  })
})
