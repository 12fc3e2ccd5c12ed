/** The Acquire view on a phone, with a real engine, server and browser. */
import { expect, it } from 'vitest'
import { load, section, setUpAcquirePages, takes, toggle } from './acquire-page.ts'

const { openAcquire } = setUpAcquirePages()

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
