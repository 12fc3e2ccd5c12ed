/** Exports of a real recording from the built app, looked at by programs that did not make them. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decode } from 'fast-png'
import { fromFile } from 'geotiff'
import type { Browser, Download } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { demoConnection } from '../../src-main/engine/connections.ts'
import { eventually } from '../fixtures/eventually.ts'
import { randomPixels, tiffBytes } from '../fixtures/image-fixtures.ts'
import { decodeVideo, probeVideo } from '../fixtures/ffmpeg-peer.ts'
import { hasProgram, python, pythonHas } from '../fixtures/peer-programs.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'
import { appFolder, type AppPage, launchChromium, openApp } from './app-page.ts'

const run = promisify(execFile)
const [width, height, frames] = [256, 192, 12]

let server: TestServer
let browser: Browser
let app: AppPage
let folder: string

async function record(name: string, count: number): Promise<void> {
  const { recorder } = server.engine
  await recorder.start({ name, until: { kind: 'frames', frames: count } })
  await eventually('the end of the recording', () => recorder.status?.state === 'finished')
}

/** Opens the dialog from the gallery. @param where files go: memory, or a file that the page's own disk keeps */
async function openDialog(name: string, where: 'download' | 'file' = 'download'): Promise<void> {
  app = await openApp(browser, server.url)
  const { page } = app
  await page.evaluate((kept) => {
    const picker = async ({ suggestedName }: { suggestedName: string }) => {
      const root = await navigator.storage.getDirectory()
      return root.getFileHandle(suggestedName, { create: true })
    }
    Object.assign(window, { showSaveFilePicker: kept === 'file' ? picker : undefined })
  }, where)
  await page.getByText('Gallery', { exact: true }).first().click()
  await page.getByRole('button', { name: `More about ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  await dialog().getByRole('button', { name: 'Export' }).waitFor()
}

const dialog = () => app.page.getByRole('dialog')
const untick = (label: string) => dialog().getByRole('checkbox', { name: label }).uncheck()

async function choose(label: string, option: string): Promise<void> {
  await dialog().getByRole('combobox', { name: label }).click()
  await app.page.getByRole('option', { name: option }).click()
}

/** Otherwise a film begins with the rate at which the recording was taken. */
const tenPerSecond = () => dialog().getByLabel('Pictures per second').fill('10')

/** Exports as chosen, and saves what is downloaded. */
async function exported(): Promise<string> {
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    dialog().getByRole('button', { name: 'Export' }).click(),
  ])
  return saved(download)
}

async function saved(download: Download): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}-${download.suggestedFilename()}`)
  await download.saveAs(path)
  return path
}

/** Files of a ZIP by Python's reader, in order. */
async function unzipped(path: string): Promise<readonly { name: string; content: Buffer }[]> {
  const into = `${path}-files`
  await run(python, ['-m', 'zipfile', '-t', path])
  await run(python, ['-m', 'zipfile', '-e', path, into])
  const names = (await readdir(into)).toSorted()
  return Promise.all(names.map(async (name) => ({ name, content: await readFile(join(into, name)) })))
}

/** Pixels of the recording's images, as they lie in its file. */
async function recordedImages(name: string): Promise<readonly Uint16Array[]> {
  const recordings = join(folder, 'recordings')
  const path =
    (await readdir(recordings, { recursive: true })).find((one) => one.endsWith(`${name}.ome.tiff`)) ?? ''
  const file = await fromFile(join(recordings, path))
  const images = []
  for (let i = 0; i < (await file.getImageCount()); i++) {
    const [pixels] = await (await file.getImage(i)).readRasters()
    images.push(Uint16Array.from(pixels as Uint16Array))
  }
  await file.close()
  return images
}

/** Waits until nothing is on the page's own disk. */
const noFile = () =>
  eventually('no file', () =>
    app.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      for await (const _ of root.keys()) return false
      return true
    }),
  )

/** The window that the values went through, by two of them, and the largest error of the others. */
function errorOfLine(values: ArrayLike<number>, greys: ArrayLike<number>): number {
  const inside = Array.from({ length: values.length }, (_, i) => i).filter((i) => {
    const grey = greys[i] ?? 0
    return grey > 5 && grey < 250
  })
  const mean = (of: ArrayLike<number>) => inside.reduce((sum, i) => sum + (of[i] ?? 0), 0) / inside.length
  const [meanValue, meanGrey] = [mean(values), mean(greys)]
  let [product, square] = [0, 0]
  for (const i of inside) {
    const value = (values[i] ?? 0) - meanValue
    product += value * ((greys[i] ?? 0) - meanGrey)
    square += value * value
  }
  const slope = product / square
  expect(slope).toBeGreaterThan(0)
  expect(inside.length).toBeGreaterThan(values.length / 10)
  return Math.max(
    ...inside.map((i) => Math.abs((greys[i] ?? 0) - meanGrey - slope * ((values[i] ?? 0) - meanValue))),
  )
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum / a.length
}

describe.skipIf(!hasProgram('ffmpeg'))('export from the browser', () => {
  /** Pictures as shown, RGB. */
  let shown: readonly Uint8Array[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-export-'))
    server = await startTestServer({
      config: { connections: [demoConnection({ width, height, frameRate: 20 })], dataFolder: folder },
      appFolder,
    })
    browser = await launchChromium()
    await record('cells', frames)
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    await app.close()
    expect(app.complaints).toEqual([])
  })

  /** The film at `path` is of the pictures as shown, ten a second, in their colours. */
  async function expectShown(path: string, codec: string): Promise<void> {
    const probed = await probeVideo(path)
    expect(probed).toMatchObject({ codec, width, height })
    expect(probed.times).toEqual(shown.map((_, i) => expect.closeTo(i / 10, 2)))
    const decoded = await decodeVideo(path, 'rgb24')
    const bytes = width * height * 3
    for (const [i, pixels] of shown.entries())
      expect(meanDifference(decoded.subarray(i * bytes, (i + 1) * bytes), pixels)).toBeLessThan(8)
  }

  it('PNG: raw values to the last bit, and as shown by a window', async () => {
    await openDialog('cells')
    await choose('Format', 'Raw values (PNG)')
    const raw = await unzipped(await exported())
    const recorded = await recordedImages('cells')
    expect(raw.map(({ name }) => name)).toEqual(
      recorded.map((_, i) => `cells_t${String(i + 1).padStart(2, '0')}.png`),
    )
    for (const [i, { content }] of raw.entries()) {
      const { data, depth } = decode(content)
      expect(depth).toBe(16)
      expect(data).toEqual(recorded[i])
    }
    await dialog().getByText('is complete: 12 pictures').waitFor()
    // No key reaches the page behind it, wherever the focus is.
    const close = dialog().locator('button:focus')
    expect(await close.textContent()).toBe('Close')
    await close.evaluate((button) => button.blur())
    await app.page.keyboard.press('r')
    await app.page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    expect(await app.page.getByRole('button', { name: 'Stop recording' }).count()).toBe(0)
    await app.close()
    await openDialog('cells')
    await choose('Format', 'as shown')
    for (const label of ['Time', 'Scale bar']) await untick(label)
    const pictures = await unzipped(await exported())
    shown = pictures.map(({ content }) => {
      const { data, channels } = decode(content)
      return Uint8Array.from(data).filter((_, i) => channels === 3 || i % 4 !== 3)
    })
    for (const [i, pixels] of shown.entries()) {
      const greys = pixels.filter((_, at) => at % 3 === 1)
      expect(greys.length).toBe(width * height)
      expect(errorOfLine(recorded[i] ?? [], greys)).toBeLessThan(1.5)
    }
  })

  it('OME-TIFF: raw values to the last bit, their times and size', async () => {
    await openDialog('cells')
    await dialog().getByLabel('First image').fill('3')
    await dialog().getByLabel('Last image').fill('6')
    await choose('Format', 'Raw values (OME-TIFF)')
    const path = await exported()
    expect(path).toMatch(/-cells\.ome\.tiff$/)
    const tiff = await fromFile(path)
    const recorded = (await recordedImages('cells')).slice(2, 6)
    expect(await tiff.getImageCount()).toBe(recorded.length)
    for (const [i, values] of recorded.entries())
      expect((await (await tiff.getImage(i)).readRasters())[0]).toEqual(values)
    await tiff.close()
    if (pythonHas('tifffile')) {
      const script =
        'import sys, tifffile; one = tifffile.TiffFile(sys.argv[1]).series[0]; print(one.axes, *one.shape)'
      const { stdout } = await run(python, ['-c', script, path])
      expect(stdout.trim()).toBe(`TYX 4 ${height} ${width}`)
    } else console.log('Skipped: what tifffile says of it (python3-tifffile is not installed).')
    await dialog().getByText('is complete: 4 pictures').waitFor()
    await app.screenshot('export-done-dark')
    await dialog().getByRole('button', { name: 'Export another' }).click()
    await expect.poll(() => dialog().getByLabel('First image').inputValue()).toBe('3')
  })

  it.each([
    ['MP4 video', 'mp4', 'h264'],
    ['WebM video', 'webm', 'vp9'],
    ['GIF', 'gif', 'gif'],
  ] as const)('%s: size, times and colours', async (label, ending, codec) => {
    await openDialog('cells')
    await choose('Format', label)
    for (const box of ['Time', 'Scale bar']) await untick(box)
    await tenPerSecond()
    const path = await exported()
    expect(path).toMatch(new RegExp(`-cells\\.${ending}$`))
    await expectShown(path, codec)
  })

  it('a range at another size and in real time, with time stamp and scale bar, into a file that the user chose', async () => {
    await openDialog('cells', 'file')
    await dialog().getByLabel('First image').fill('3')
    await dialog().getByLabel('Last image').fill('6')
    await dialog().getByText('Real time').click()
    await dialog().getByLabel('Times faster').fill('0.5')
    await app.screenshot('export-dialog-dark')
    await dialog().getByRole('button', { name: 'Export' }).click()
    await dialog().getByText('cells.mp4 is complete: 4 pictures').waitFor()
    const bytes = await app.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      const file = await (await root.getFileHandle('cells.mp4')).getFile()
      return [...new Uint8Array(await file.arrayBuffer())]
    })
    const path = join(folder, 'kept.mp4')
    await writeFile(path, Uint8Array.from(bytes))
    const probed = await probeVideo(path)
    const log =
      (await readdir(folder, { recursive: true })).find((name) => name.endsWith('frames.jsonl')) ?? ''
    const elapsed = (await readFile(join(folder, log), 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .filter(({ kind }) => kind === 'frame')
      .slice(2, 6)
      .map(({ elapsedS }) => Number(elapsedS))
    expect(probed.times).toEqual(elapsed.map((time) => expect.closeTo((time - (elapsed[0] ?? 0)) * 2, 2)))
    // White letters where nothing else is as bright.
    const decoded = await decodeVideo(path, 'gray')
    const corner = (from: number) =>
      Array.from({ length: 18 }, (_, y) => decoded.subarray((from + y) * width, (from + y) * width + 70))
    const white = (rows: readonly Uint8Array[]) =>
      rows.reduce((sum, row) => sum + row.filter((grey) => grey > 200).length, 0)
    expect(white(corner(0))).toBeGreaterThan(60)
  })

  it.each([
    ['MP4 video', 'mp4', 'h264'],
    ['WebM video', 'webm', 'vp8'],
  ] as const)(
    '%s without an encoder of the browser, by ffmpeg’s WebAssembly',
    async (label, ending, codec) => {
      await openDialog('cells')
      // A browser without WebCodecs.
      await app.page.route('**/workers/export-worker-*.js', async (route) => {
        const response = await route.fetch()
        await route.fulfill({ response, body: `delete self.VideoEncoder;${await response.text()}` })
      })
      await choose('Format', label)
      for (const box of ['Time', 'Scale bar']) await untick(box)
      await tenPerSecond()
      const [core, path] = await Promise.all([app.page.waitForRequest(/ffmpeg-core.*\.wasm/), exported()])
      expect(path).toMatch(new RegExp(`-cells\\.${ending}$`))
      expect(core.url().startsWith(server.url)).toBe(true)
      await expectShown(path, codec)
    },
  )

  it('raw values of a whole range of times, depths and channels, as one stack and as pictures with names', async () => {
    const size = { width: 5, height: 3 }
    const pages = Array.from({ length: 12 }, (_, i) => randomPixels(size.width * size.height, 16, i))
    const description = 'ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n'
    await writeFile(join(folder, 'recordings', 'stack.tif'), tiffBytes({ ...size, pages, description }))
    await openDialog('stack.tif')
    await choose('Format', 'Raw values (OME-TIFF)')
    await dialog().getByText('12 pictures of 5 × 3').waitFor()
    // What is typed counts when the field is left.
    const enter = async (field: string, text: string) => {
      await dialog().getByLabel(field).fill(text)
      await dialog().getByLabel(field).blur()
    }
    await enter('First image, Stack', '2')
    await dialog().getByText('8 pictures of 5 × 3').waitFor()
    await app.screenshot('export-stack-dark')
    const path = await exported()
    // Channels are ImageJ's fastest axis, and ours.
    const kept = pages.filter((_, i) => Math.floor(i / 2) % 3 > 0)
    const tiff = await fromFile(path)
    expect(await tiff.getImageCount()).toBe(kept.length)
    for (const [i, values] of kept.entries())
      expect((await (await tiff.getImage(i)).readRasters())[0]).toEqual(values)
    await tiff.close()
    if (pythonHas('tifffile')) {
      const script =
        'import sys, tifffile; one = tifffile.TiffFile(sys.argv[1]).series[0]; print(one.axes, *one.shape)'
      const { stdout } = await run(python, ['-c', script, path])
      expect(stdout.trim()).toBe('TZCYX 2 2 2 3 5')
    } else console.log('Skipped: what tifffile says of it (python3-tifffile is not installed).')
    await dialog().getByRole('button', { name: 'Export another' }).click()
    await choose('Format', 'Raw values (PNG)')
    await enter('Last image, Time', '1')
    await dialog().getByText('4 pictures of 5 × 3').waitFor()
    const pictures = await unzipped(await exported())
    expect(pictures.map(({ name }) => name)).toEqual(
      [2, 3].flatMap((z) => [1, 2].map((c) => `stack.tif_t1_z${z}_c${c}.png`)),
    )
    for (const [i, { content }] of pictures.entries()) expect(decode(content).data).toEqual(kept[i])
  })

  it('is cancelled without leaving anything', async () => {
    await openDialog('cells', 'file')
    // The engine has stopped to answer in the middle.
    let answers = 0
    await app.page.route('**/api/gallery/plane', async (route) => {
      answers += 1
      if (answers <= 5) await route.continue()
    })
    await dialog().getByRole('button', { name: 'Export' }).click()
    await dialog()
      .getByText(/[45] of 12 pictures/)
      .waitFor()
    await app.screenshot('export-running-dark')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().getByRole('button', { name: 'Export' }).waitFor()
    await noFile()
    await eventually('no worker', () => !app.page.workers().some((worker) => worker.url().includes('export')))
    await dialog().getByRole('alert').waitFor({ state: 'detached' })
  })

  it('tells of a failure in the middle, and leaves nothing of it', async () => {
    await openDialog('cells', 'file')
    let answers = 0
    await app.page.route('**/api/gallery/plane', async (route) => {
      answers += 1
      await (answers <= 5 ? route.continue() : route.abort())
    })
    await dialog().getByRole('button', { name: 'Export' }).click()
    await dialog().getByRole('alert').getByText('does not answer').waitFor()
    await app.screenshot('export-failed-dark')
    await noFile()
  })
})
