/** Gallery and viewer with a real engine: what is recorded is found, opened, and shown with the pixels of its file. */
import { readdir, writeFile } from 'node:fs/promises'
import { decode } from 'fast-png'
import { fromFile } from 'geotiff'
import type { Locator, Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { createdTokenSchema } from '../../src-shared/access.ts'
import { eventually } from '../fixtures/eventually.ts'
import { channelNames, knownValue, stackSize } from '../fixtures/known-stack.ts'
import { tiffBytes } from '../fixtures/image-fixtures.ts'
import { setUpGalleryPages } from './gallery-pages.ts'

const { microscope, recordings, open, openGallery, screenshot } = setUpGalleryPages()
const image = (page: Page) => page.getByRole('application', { name: /^Image\./ })
const onShow = (page: Page, axis: 'Time' | 'Z') => page.getByLabel(`${axis} on show`).textContent()
const shows = (page: Page, axis: 'Time' | 'Z', text: string) =>
  eventually(`${axis} ${text}`, async () => ((await onShow(page, axis)) ?? '').startsWith(text))

/** The read-out at a place of the image area, 0 to 1 across and down. */
async function readOut(page: Page, across: number, down: number): Promise<string> {
  const box = await boxOf(image(page))
  await page.mouse.move(box.x + box.width * across, box.y + box.height * down)
  const readout = page.getByLabel('Pixel under the pointer')
  return eventually('a read-out', async () => (await readout.textContent()) || undefined)
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox()
  if (box === null) throw new Error('It is not on the page')
  return box
}

/** Red, green and blue at places of the image area. */
async function coloursAt(page: Page, places: readonly (readonly [number, number])[]): Promise<number[][]> {
  const box = await boxOf(image(page))
  const { data, width, channels } = decode(await page.screenshot({ clip: box }))
  return places.map(([across, down]) => {
    const at = (Math.floor(down * box.height) * width + Math.floor(across * width)) * channels
    return [0, 1, 2].map((c) => Number(data[at + c]))
  })
}

describe('a recording', () => {
  it('is offered when it has ended, plays, and shows the pixels of its file', async () => {
    const page = await open()
    const { recorder } = microscope().engine
    await page.getByRole('button', { name: 'Stop live view' }).waitFor()
    await recorder.start({
      name: 'beads',
      storage: { format: 'ome-tiff', files: 'single' },
      until: { kind: 'frames', frames: 20 },
      begin: { kind: 'now' },
      preRecordS: 0,
    })
    await page.getByRole('button', { name: 'Open beads' }).click()
    await shows(page, 'Time', '1 / 20')
    for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight')
    await shows(page, 'Time', '7 / 20')
    await page.getByText('Camera frame').waitFor()

    const files = await readdir(recordings(), { recursive: true })
    const name = files.find((file) => file.endsWith('beads.ome.tiff'))
    if (name === undefined) throw new Error(`No file among ${files.join(', ')}`)
    const tiff = await fromFile(recordings(name))
    const frame = await tiff.getImage(6)
    const [pixels] = await frame.readRasters()
    if (!(pixels instanceof Uint16Array)) throw new Error('The image is not of 16 bits')
    const seen: (number | undefined)[][] = []
    await eventually('the read-out of frame 7', async () => {
      const match = /^x (\d+) y (\d+) · (\d+) ADU · /.exec(await readOut(page, 0.5, 0.5))
      const [x = 0, y = 0, value] = match?.slice(1).map(Number) ?? []
      return value !== undefined && value === pixels[y * frame.getWidth() + x]
    })
    for (let i = 0; i < 12; i++) {
      const [x = 0, y = 0, value] = (
        await eventually('another place', async () => {
          const match = /^x (\d+) y (\d+) · (\d+) ADU/.exec(
            await readOut(page, 0.36 + i * 0.02, 0.1 + i * 0.06),
          )
          const found = match?.slice(1).map(Number)
          return found === undefined || found[0] === seen.at(-1)?.[0] ? undefined : found
        })
      ).map(Number)
      seen.push([x, y, value, pixels[y * frame.getWidth() + x]])
    }
    await tiff.close()
    expect(seen.map(([, , value]) => value)).toEqual(seen.map(([, , , file]) => file))

    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Stop Time' }).waitFor()
    await eventually('it plays', async () => !(await onShow(page, 'Time'))?.startsWith('7 /'))
    await screenshot('viewer-recording')
  })
})

describe('a stack of several channels', () => {
  let page: Page
  beforeEach(async () => {
    page = await openGallery()
    await page.getByRole('textbox', { name: 'Search the gallery' }).fill('stack DAPI')
    await eventually('one item', async () => (await page.getByRole('article').count()) === 1)
    await screenshot('gallery-search')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Open stack.ome.tiff' }).press('Enter')
    await shows(page, 'Z', '3 / 5')
  })

  const valuesAt = async (t: number, z: number, [across, down]: readonly [number, number]) => {
    const text = await readOut(page, across, down)
    const match = /^x (\d+) y (\d+) · (?:DAPI (\d+) · GFP (\d+) · mCherry (\d+)|(\d+) ADU)/.exec(text)
    const [x = -1, y = -1, ...values] = (match?.slice(1) ?? []).flatMap((part) =>
      part === undefined ? [] : [Number(part)],
    )
    return { values, known: channelNames.map((_, c) => knownValue({ t, c, z }, x, y)) }
  }

  it('shows the values of each channel at each time and height', async () => {
    const points = [
      [0.5, 0.5],
      [0.35, 0.3],
      [0.7, 0.8],
    ] as const
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowUp')
    await shows(page, 'Time', '2 / 4')
    await shows(page, 'Z', '4 / 5')
    for (const point of points) {
      await eventually('the values of this plane', async () => {
        const { values, known } = await valuesAt(1, 3, point)
        return values.length === 3 && values.join() === known.join()
      })
    }
    await page.keyboard.press('m')
    await page.keyboard.press('c')
    await eventually('the values of GFP alone', async () => {
      const { values, known } = await valuesAt(1, 3, points[0])
      return values.length === 1 && values[0] === known[1]
    })
    // The slider goes where it is pressed.
    const track = page.getByRole('slider', { name: 'Time' })
    await track.press('End')
    await shows(page, 'Time', '4 / 4')
    await eventually('the values of the last time', async () => {
      const { values, known } = await valuesAt(3, 3, points[1])
      return values[0] === known[1]
    })
  })

  it('becomes one plane of its largest values', async () => {
    await page.keyboard.press('p')
    await shows(page, 'Z', '1–5')
    await eventually('the values of the brightest plane', async () => {
      const { values, known } = await valuesAt(0, 4, [0.5, 0.5])
      return values.length === 3 && values.join() === known.join()
    })
    // Whoever goes through the stack looks at planes again.
    await page.keyboard.press('ArrowDown')
    await shows(page, 'Z', '2 / 5')
    await eventually('the values of this plane', async () => {
      const { values, known } = await valuesAt(0, 1, [0.5, 0.5])
      return values.join() === known.join()
    })
  })

  it('is measured along a line', async () => {
    const box = await boxOf(image(page))
    const zoom = Math.min(box.width / stackSize.width, box.height / stackSize.height)
    const onScreen = (x: number, y: number) =>
      [
        box.x + box.width / 2 + (x - stackSize.width / 2) * zoom,
        box.y + box.height / 2 + (y - stackSize.height / 2) * zoom,
      ] as const
    const [from, to, y] = [20, 100, 60]
    await page.keyboard.press('d')
    await page.getByRole('button', { name: 'Measure a distance', pressed: true }).waitFor()
    await page.mouse.move(...onScreen(from, y))
    await page.mouse.down()
    await page.mouse.move(...onScreen(to - 10, y + 3))
    await page.mouse.move(...onScreen(to, y))
    await page.mouse.up()
    const length = async () =>
      Number.parseFloat((await page.getByLabel('Length of the line').textContent()) ?? '')
    await expect.poll(async () => Math.abs((await length()) - (to - from) * 0.5)).toBeLessThan(0.2)
    const known = channelNames.flatMap((_, c) =>
      Array.from({ length: to - from + 1 }, (__, i) => knownValue({ t: 0, c, z: 2 }, from + i, y)),
    )
    const range = `${Math.min(...known)} to ${Math.max(...known)}`
    await page.getByRole('img', { name: `Pixel values along the line, ${range}` }).waitFor()
    await screenshot('viewer-line')
    // Escape ends measuring first.
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Measure a distance', pressed: false }).waitFor()
    await page.getByLabel('Length of the line').waitFor({ state: 'detached' })
    await shows(page, 'Z', '3 / 5')
  })

  it('adds the colours of its channels', async () => {
    const points = [
      [0.4, 0.4],
      [0.5, 0.6],
      [0.61, 0.33],
      [0.45, 0.72],
    ] as const
    // Nothing must lie over the image.
    await page.mouse.move(2, 2)
    const show = async (shown: readonly string[]) => {
      for (const name of channelNames)
        await page.getByRole('checkbox', { name: `Show ${name}` }).setChecked(shown.includes(name))
    }
    const settled = async () => {
      let before = ''
      return eventually('a steady image', async () => {
        const colours = await coloursAt(page, points)
        const same = JSON.stringify(colours) === before
        before = JSON.stringify(colours)
        return same ? colours : undefined
      })
    }
    await page.getByRole('button', { name: 'Fit contrast' }).click()
    const alone: number[][][] = []
    for (const name of channelNames) {
      await show([name])
      alone.push(await settled())
    }
    await show(channelNames)
    const together = await eventually('all channels', async () => {
      const colours = await settled()
      return colours.some((colour, at) => alone.every((each) => each[at]?.join() !== colour.join()))
        ? colours
        : undefined
    })
    for (const [at, colour] of together.entries()) {
      for (const [part, value] of colour.entries()) {
        const sum = alone.reduce((total, each) => total + (each[at]?.[part] ?? 0), 0)
        expect(Math.abs(Math.min(255, sum) - value)).toBeLessThanOrEqual(3)
      }
    }
    await screenshot('viewer-channels')
  })

  it('tells what is known of it, and goes back to the list where it was', async () => {
    const metadata = page.getByRole('region', { name: 'Metadata' })
    await metadata.getByRole('textbox', { name: 'Search the metadata' }).fill('objective')
    await metadata.getByText('40x oil').waitFor()
    await expect.poll(() => metadata.getByText('exposureMs').count()).toBe(0)
    await image(page).focus()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open stack.ome.tiff' }).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await eventually('keys are for it', async () => (await focused()) === 'Open stack.ome.tiff')
  })
})

describe('a double click on a card', () => {
  it('opens the item, and nothing that lies beneath is pressed or selected', async () => {
    // The last card of a row of seven lies where the viewer has its panel.
    const pages = [new Uint8Array(64 * 48).map((_, i) => i % 251)]
    for (let number = 1; number <= 7; number++)
      await writeFile(recordings(`row ${number}.tif`), tiffBytes({ width: 64, height: 48, pages }))
    const page = await openGallery()
    await page.getByRole('textbox', { name: 'Search the gallery' }).fill('row tif')
    const cards = page.getByRole('article')
    await eventually('seven items', async () => (await cards.count()) === 7)
    for (const down of [0.35, 0.6, 0.85]) {
      const card = await boxOf(cards.last())
      const panel = page.getByRole('complementary', { name: 'About the image' })
      await page.mouse.dblclick(card.x + card.width * 0.6, card.y + card.height * down)
      await panel.waitFor()
      expect((await boxOf(panel)).x).toBeLessThan(card.x)
      await page.getByRole('radio', { name: 'Manual', checked: true }).waitFor({ state: 'attached' })
      await page.getByLabel('Pixel values').filter({ hasText: /\d/ }).waitFor()
      expect(await page.evaluate(() => String(getSelection()))).toBe('')
      await page.keyboard.press('Escape')
      await cards.last().waitFor()
    }
  })
})

describe('an image of real numbers', () => {
  // Ratios from -0.5 to 1.1, and a corner where there is none.
  const ratio = (x: number, y: number) => (x < 16 && y < 12 ? Number.NaN : x / 40 + y / 1000 - 0.5)

  it('shows its true values, with a contrast that fits them', async () => {
    const [width, height] = [64, 48]
    const values = Float32Array.from({ length: width * height }, (_, i) =>
      ratio(i % width, Math.floor(i / width)),
    )
    const tags = { 256: width, 258: 32, 339: 3 }
    const pages = [new Uint8Array(values.buffer)]
    const path = recordings('ratio.tif')
    await writeFile(path, tiffBytes({ width: width * 4, height, pages, tags }))
    const page = await openGallery()
    await page.getByRole('button', { name: 'Open ratio.tif' }).click()
    await page.getByText('64 × 48 · float32').waitFor()
    for (const [across, down] of [
      [0.3, 0.7],
      [0.5, 0.5],
      [0.7, 0.4],
    ] as const) {
      await eventually('the values of this place', async () => {
        const match = /^x (\d+) y (\d+) · (−?[\d.]+)(?: ·|$)/.exec(await readOut(page, across, down))
        const [x = 0, y = 0] = match?.slice(1, 3).map(Number) ?? []
        const value = Number(match?.[3]?.replace('−', '-') ?? Number.NaN)
        return Math.abs(value - ratio(x, y)) < 1e-6
      })
    }
    const blackAt = page.getByRole('textbox', { name: 'Black at' })
    const black = async () => Number((await blackAt.inputValue()).replace('−', '-'))
    await eventually('black at the darkest values', async () => Math.abs((await black()) + 0.49) < 0.02)
    await page.mouse.move(2, 2)
    await eventually('dark on the left, bright on the right', async () => {
      const colours = await coloursAt(page, [
        [0.32, 0.8],
        [0.5, 0.5],
        [0.68, 0.2],
      ])
      const [left = 0, middle = 0, right = 0] = colours.map(([red]) => red)
      return left < middle && middle < right
    })
    await blackAt.fill('-2')
    await blackAt.press('Enter')
    await eventually('black below all values', async () => (await black()) === -2)
    await screenshot('viewer-real-numbers')
  })
})

describe('a viewer far away', () => {
  it('finds and sees the same on a phone, and can change nothing', async () => {
    const { settings } = microscope().engine
    settings.change({ remote: { ...settings.settings.remote, host: '127.0.0.1', port: 0, tls: 'off' } })
    const owner = async (path: string, body: unknown): Promise<unknown> => {
      const answer = await fetch(`${microscope().url}/api${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(answer.status).toBe(200)
      return answer.json()
    }
    await owner('/sharing', { enabled: true })
    const { links } = createdTokenSchema.parse(
      await owner('/access/tokens', { label: 'Student', role: 'viewer' }),
    )
    const [link = ''] = links
    const page = await openGallery({ url: link, width: 390, height: 800 })
    await page.getByRole('button', { name: 'Open stack.ome.tiff' }).waitFor()
    await eventually('small pictures', async () => (await page.locator('article img').count()) > 0)
    await screenshot('gallery-phone')
    await page.getByRole('button', { name: 'Open stack.ome.tiff' }).tap()
    await shows(page, 'Z', '3 / 5')
    // A finger has room to go through the stack.
    const z = page.getByRole('group', { name: 'Z', exact: true })
    expect((await boxOf(z.locator('.mantine-Slider-track'))).width).toBeGreaterThan(120)
    const box = await boxOf(image(page))
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.getByText(/DAPI \d+/).waitFor()
    await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Display' }).tap()
    await page.getByRole('group', { name: 'Histogram' }).waitFor()
    await screenshot('viewer-phone')
    await page.getByRole('button', { name: 'More about stack.ome.tiff' }).tap()
    await page.getByRole('menuitem', { name: 'Download' }).waitFor()
    expect(await page.getByRole('menuitem', { name: /Repeat|folder|Delete/ }).count()).toBe(0)
  })
})
