/** What happens to items while somebody looks: they grow, are deleted and put back; and cuts through their stacks. */
import { readdir, writeFile } from 'node:fs/promises'
import { decode } from 'fast-png'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { tiffBytes } from '../fixtures/image-fixtures.ts'
import { stackSize } from '../fixtures/known-stack.ts'
import { setUpGalleryPages } from './gallery-pages.ts'

const { microscope, recordings, openGallery, screenshot } = setUpGalleryPages()
const card = (page: Page, name: string) => page.getByRole('button', { name: `Open ${name}` })

async function putFiles(...names: string[]): Promise<void> {
  const pages = [new Uint8Array(64 * 48).map((_, i) => i % 251)]
  for (const name of names) await writeFile(recordings(name), tiffBytes({ width: 64, height: 48, pages }))
}

it('the newest image of a recording under way is followed, until the user stays at one', async () => {
  const page = await openGallery()
  await microscope().engine.recorder.start({ name: 'growing', storage: { format: 'ome-tiff' } })
  await card(page, 'growing').click()
  const place = async () => {
    const text = await page.getByLabel('Time on show').locator('span').first().textContent()
    const [at = 0, of = 0] = (text ?? '').match(/\d+/g)?.map(Number) ?? []
    return { at, of }
  }
  const follow = page.getByRole('button', { name: 'Follow the newest image' })
  await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('true')
  const first = await eventually('a first image', async () => ((await place()).of > 1 ? place() : undefined))
  await eventually('a newer image', async () => {
    const { at, of } = await place()
    return at > first.at && at === of
  })
  // The image itself comes, too.
  await page.getByLabel('Pixel values').filter({ hasText: /\d/ }).waitFor()
  await screenshot('viewer-following')
  await page.keyboard.press('Home')
  await expect.poll(async () => (await place()).at).toBe(1)
  await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('false')
  const before = await place()
  await eventually('it grows', async () => (await place()).of > before.of)
  expect((await place()).at).toBe(1)
  await follow.click()
  await eventually('the newest again', async () => {
    const { at, of } = await place()
    return at > before.of && at === of
  })
  await microscope().engine.recorder.stop()
  // What is complete is not followed any more.
  await follow.waitFor({ state: 'detached' })
})

it('items are deleted together, which others are told of, and are put back', async () => {
  await putFiles('one.tif', 'two.tif', 'three.tif')
  const other = await openGallery()
  await card(other, 'one.tif').click()
  await other.getByRole('slider').or(other.getByText('64 × 48')).first().waitFor()
  const page = await openGallery()
  await page.getByRole('textbox', { name: 'Search the gallery' }).fill('tif')
  // What is marked before the search is answered stays marked.
  await page.getByRole('checkbox', { name: 'Mark one.tif' }).click()
  await page.getByRole('checkbox', { name: 'Mark three.tif' }).click()
  const bar = page.getByRole('region', { name: 'Marked items' })
  await bar.getByText('2 items').waitFor()
  await screenshot('gallery-marked')
  await bar.getByRole('button', { name: 'Delete …' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete 2 items?' })
  await dialog.getByText('one.tif').waitFor()
  await screenshot('gallery-delete')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await card(page, 'one.tif').waitFor({ state: 'detached' })
  const left = async () => (await readdir(recordings())).filter((name) => name.endsWith('.tif'))
  expect(await left()).toEqual(['two.tif'])
  // Whoever looks at it is told, and still sees it.
  await other.getByText('It is not in the gallery any more').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await card(page, 'three.tif').waitFor()
  await card(page, 'one.tif').waitFor()
  await other.getByText('It is not in the gallery any more').waitFor({ state: 'detached' })

  // By key, from the viewer; and back by the list of what was deleted.
  await card(page, 'two.tif').click()
  await page.getByText('64 × 48').first().waitFor()
  await page.keyboard.press('Delete')
  const sure = page.getByRole('dialog', { name: 'Delete two.tif?' }).getByRole('button', { name: 'Delete' })
  // The dialog takes the keys a moment after it is seen.
  await expect.poll(() => sure.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await page.getByText('two.tif is deleted').waitFor()
  await card(page, 'two.tif').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Deleted items' }).click()
  await page.getByRole('button', { name: 'Put back two.tif' }).waitFor()
  await screenshot('gallery-deleted')
  await page.getByRole('button', { name: 'Put back two.tif' }).click()
  await page.getByText('Nothing that was deleted can be put back.').waitFor()
  await page.keyboard.press('Escape')
  await card(page, 'two.tif').waitFor()

  // By key, from the list, which has the keys again after the dialog.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  await card(page, 'two.tif').focus()
  await page.keyboard.press('Delete')
  await sure.waitFor()
  await page.keyboard.press('Escape')
  await sure.waitFor({ state: 'detached' })
  await expect.poll(focused).toBe('Open two.tif')
  await page.keyboard.press('Delete')
  await sure.click()
  await card(page, 'two.tif').waitFor({ state: 'detached' })
  // The stack is an OME-TIFF, and found as well.
  await expect.poll(focused).toMatch(/^Open (one\.tif|three\.tif|stack\.ome\.tiff)$/)
})

it('items come in the order that is chosen', async () => {
  await putFiles('beads_10.tif', 'beads_2.tif')
  const page = await openGallery()
  await page.getByRole('textbox', { name: 'Search the gallery' }).fill('beads_')
  await expect.poll(() => page.getByRole('article').count()).toBe(2)
  const names = () =>
    page
      .getByRole('article')
      .getByRole('button', { name: /^Open/ })
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  await page.getByLabel('Order of the items').first().click()
  await page.getByRole('option', { name: 'By name' }).click()
  await expect.poll(names).toEqual(['Open beads_2.tif', 'Open beads_10.tif'])
  await screenshot('gallery-by-name')
})

/** Mean of red, green and blue around a place of an element, 0 to 1 across and down. */
async function brightnessAt(part: Locator, across: number, down: number): Promise<number> {
  const box = await part.boundingBox()
  if (box === null) throw new Error('It is not on the page')
  const clip = { x: box.x + box.width * across - 2, y: box.y + box.height * down - 2, width: 4, height: 4 }
  const { data, channels } = decode(await part.page().screenshot({ clip }))
  let sum = 0
  for (let i = 0; i < data.length; i++) if (i % channels < 3) sum += Number(data[i])
  return sum / (data.length / channels) / 3
}

it('cuts through a stack lie beside its plane, and are moved by dragging', async () => {
  const page = await openGallery()
  await card(page, 'stack.ome.tiff').click()
  await expect.poll(() => page.getByLabel('Z on show').textContent()).toContain('3 / 5')
  await page.keyboard.press('o')
  const xz = page.getByRole('img', { name: /^XZ section at y/ })
  const yz = page.getByRole('img', { name: /^YZ section at x/ })
  await expect.poll(() => xz.getAttribute('aria-label')).toBe(`XZ section at y ${stackSize.height / 2}`)
  await expect.poll(() => yz.getAttribute('aria-label')).toBe(`YZ section at x ${stackSize.width / 2}`)
  // Something is drawn in both.
  await page.getByLabel('Pixel values').filter({ hasText: /\d/ }).waitFor()
  await page.getByRole('button', { name: 'Fit contrast' }).click()
  await eventually('a picture of XZ', async () => (await brightnessAt(xz, 0.3, 0.45)) > 25)
  await eventually('a picture of YZ', async () => (await brightnessAt(yz, 0.45, 0.3)) > 25)
  const box = await page.getByRole('application', { name: /^Image\./ }).boundingBox()
  if (box === null) throw new Error('The image is not on the page')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 + 30, box.y + box.height / 2 - 40)
  await page.mouse.up()
  const at = async (part: Locator) => Number((await part.getAttribute('aria-label'))?.match(/\d+/)?.[0])
  await expect.poll(() => at(xz)).toBeLessThan(stackSize.height / 2)
  await expect.poll(() => at(yz)).toBeGreaterThan(stackSize.width / 2)
  await screenshot('viewer-sections')
  // Along a cut, and across it through the planes.
  const cut = await xz.boundingBox()
  if (cut === null) throw new Error('The cut is not on the page')
  await page.mouse.click(cut.x + cut.width / 2, cut.y + 2)
  await expect.poll(() => page.getByLabel('Z on show').textContent()).toContain('1 / 5')
  await page.mouse.click(cut.x + cut.width / 2, cut.y + cut.height - 2)
  await expect.poll(() => page.getByLabel('Z on show').textContent()).toContain('5 / 5')
  await page.keyboard.press('o')
  await xz.waitFor({ state: 'detached' })
})

it('on a phone one of the cuts lies below the plane', async () => {
  const page = await openGallery({ width: 390, height: 800 })
  await card(page, 'stack.ome.tiff').tap()
  await page.getByRole('button', { name: 'Sections through the stack' }).tap()
  const xz = page.getByRole('img', { name: /^XZ section/ })
  await eventually('a picture of XZ', async () => (await brightnessAt(xz, 0.3, 0.45)) > 25)
  expect(await page.getByRole('img', { name: /^YZ section/ }).count()).toBe(0)
  await screenshot('viewer-sections-phone')
})
