/** Plan files, presets and templates in the Acquire view, with a real engine, server and browser. */
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { fill, file, load, row, section, setUpAcquirePages, takes, toggle } from './acquire-page.ts'

const { openAcquire, server } = setUpAcquirePages()

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

  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'As YAML' }).click(),
  ])
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
