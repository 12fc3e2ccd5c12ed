/** The desktop app as a user has it: the built main process and preload with a real page. */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Electron from 'electron'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../fixtures/eventually.ts'
import { within } from '../fixtures/within.ts'
import { randomPixels, temporaryFolder, tiffBytes, writePng } from '../fixtures/image-fixtures.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import {
  type DesktopApp,
  exitCode,
  findElectron,
  forkDouble,
  launchDouble,
  launchElectron,
} from './desktop-app.ts'

const electron = findElectron()
const hosts = [
  { host: 'the double', launch: launchDouble },
  ...(electron === undefined
    ? []
    : [
        {
          host: 'Electron',
          launch: (options: Parameters<typeof launchDouble>[0]) => launchElectron(electron, options),
        },
      ]),
]

describe.each(hosts)('the window under $host', ({ host, launch }) => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let replay: string
  const running: DesktopApp[] = []

  beforeAll(async () => {
    folder = await temporaryFolder()
    replay = join(folder.path, 'images')
    await mkdir(replay)
    for (let index = 0; index < 4; index++) {
      const pixels = randomPixels(320 * 240, 16, index)
      await writePng(join(replay, `frame-${index}.png`), { width: 320, height: 240, channels: 1, pixels })
    }
  })
  afterAll(() => folder.remove())

  async function start(data: string): Promise<DesktopApp> {
    const app = await launch({
      data: join(folder.path, data),
      args: ['--replay', replay, '--replay-fps', '25'],
    })
    running.push(app)
    return app
  }

  async function killAll(): Promise<void> {
    await Promise.all(running.splice(0).map((app) => app.kill()))
  }

  describe('while it runs', () => {
    let app: DesktopApp
    beforeEach(async () => {
      if (running.length > 0) return
      app = await start('shared')
      await framesArrive(app.page)
    })
    // One that a test has failed with may be left anyhow: the next begins with another.
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await killAll()
    })
    afterAll(killAll)

    test('shows live frames, to a page that has neither Node nor Electron', async () => {
      const { page, evaluate } = app
      expect(await page.title()).toBe('Coverslip')
      expect(await page.evaluate(() => Reflect.get(window, 'coverslip'))).toEqual({ transport: 'ipc' })
      expect(
        await page.evaluate(() =>
          ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
        ),
      ).toEqual([])
      const visible = await evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()),
        undefined,
      )
      expect(visible).toEqual([true])
    })

    test('starts and stops the live view from the menu', async () => {
      const { page, evaluate } = app
      const click = (id: string) =>
        evaluate(({ Menu }, item) => Menu.getApplicationMenu()?.getMenuItemById(item)?.click(), id)
      const enabled = () =>
        evaluate(
          ({ Menu }, ids) => ids.map((id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.enabled),
          ['start-live', 'stop-live'],
        )
      await framesArrive(page)
      await expect.poll(enabled).toEqual([false, true])

      await click('stop-live')
      await page.getByRole('button', { name: 'Start live view' }).first().waitFor()
      await expect.poll(enabled).toEqual([true, false])

      await click('start-live')
      await page.getByRole('button', { name: 'Stop live view' }).waitFor()
      await framesArrive(page)
      await expect.poll(enabled).toEqual([false, true])
    })

    test.runIf(host === 'the double')(
      'lets images of the gallery be dragged out, and nothing else',
      async () => {
        const { page, evaluate } = app
        const recordings = join(folder.path, 'shared', 'recordings')
        await mkdir(recordings, { recursive: true })
        await writeFile(
          join(recordings, 'cells.tif'),
          tiffBytes({ width: 8, height: 8, pages: [randomPixels(64, 16, 1)] }),
        )
        const dragged = () =>
          evaluate(
            ({ BrowserWindow }) =>
              Reflect.get(BrowserWindow.getAllWindows()[0]?.webContents ?? {}, 'dragged'),
            undefined,
          )
        const drag = (id: unknown) =>
          page.evaluate((item) => window.postMessage({ type: 'coverslip:drag', id: item }, '*'), id)
        for (const id of ['recordings/../settings.json', '/etc/passwd', 7]) await drag(id)
        await drag('recordings/cells.tif')
        expect(await eventually('the drag', dragged)).toEqual({
          file: join(await realpath(recordings), 'cells.tif'),
          icon: { bytes: expect.any(Number) },
        })
      },
    )

    test('lets its page go nowhere', async () => {
      const { page, evaluate } = app
      await evaluate(({ shell }) => {
        const opened: string[] = []
        Reflect.set(globalThis, 'opened', opened)
        shell.openExternal = async (url) => void opened.push(url)
      }, undefined)
      const before = page.url()
      await page.evaluate(() => {
        location.href = 'https://example.com/'
        window.open('https://example.com/')
        window.open('file:///etc/passwd')
        window.open('https://github.com/')
        const frame = document.createElement('iframe')
        frame.src = 'https://example.com/'
        document.body.append(frame)
      })
      const opened = () => evaluate(() => Reflect.get(globalThis, 'opened'), undefined)
      await eventually('the allowed link is opened outside', async () => (await opened()).length > 0)
      await framesArrive(page)
      expect(await opened()).toEqual(['https://github.com/'])
      expect(page.url()).toBe(before)
      expect(
        page
          .context()
          .pages()
          .filter((other) => other.url().includes('example.com')),
      ).toEqual([])
    })

    test('keeps showing frames after the page is loaded again', async () => {
      const { page, evaluate } = app
      for (let round = 0; round < 2; round++) {
        await page.evaluate(() => Reflect.set(window, 'before', true))
        await evaluate(({ BrowserWindow }) => {
          BrowserWindow.getAllWindows()[0]?.webContents.reload()
        }, undefined)
        await eventually('a new page', async () =>
          page.evaluate(() => !('before' in window)).catch(() => false),
        )
        await framesArrive(page)
      }
      await page.evaluate(() => {
        Reflect.set(window, 'before', true)
        location.reload()
      })
      await eventually('a new page', async () =>
        page.evaluate(() => !('before' in window)).catch(() => false),
      )
      await framesArrive(page)
    })

    test('shows the camera twice, each view by a port of its own', async () => {
      const { page } = app
      const views = page.getByRole('region', { name: /^View of/ })
      await page.keyboard.press('v')
      for (const view of [views.first(), views.last()]) {
        await view.getByRole('application').click()
        await framesArrive(page)
      }
      await expect.poll(() => views.count()).toBe(2)
      await page.getByRole('button', { name: 'One view', exact: true }).click()
      await framesArrive(page)
      await expect.poll(() => views.count()).toBe(0)
    })

    test('comes to the front when it is started a second time', async () => {
      const { evaluate } = app
      await evaluate(({ app, BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.minimize()
        app.emit('second-instance')
      }, undefined)
      await eventually('in front', () =>
        evaluate(({ BrowserWindow }) => {
          const window = BrowserWindow.getAllWindows()[0]
          return window?.isMinimized() === false && window.isFocused()
        }, undefined),
      )
    })
  })

  describe('from start to end', () => {
    afterEach(killAll)

    test('opens where it was', async () => {
      await rm(join(folder.path, 'placed'), { recursive: true, force: true })
      const first = await start('placed')
      const bounds = { x: 120, y: 90, width: 1000, height: 700 }
      await first.evaluate(
        ({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted),
        bounds,
      )
      await quit(first)

      const second = await start('placed')
      const read = ({ BrowserWindow }: typeof Electron) => {
        const window = BrowserWindow.getAllWindows()[0]
        return { bounds: window?.getNormalBounds(), maximized: window?.isMaximized() }
      }
      expect(await second.evaluate(read, undefined)).toEqual({ bounds, maximized: false })
      await second.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.maximize(), undefined)
      await eventually('maximized', async () => (await second.evaluate(read, undefined)).maximized)
      await quit(second)

      const third = await start('placed')
      await eventually('maximized again', async () => (await third.evaluate(read, undefined)).maximized)
    })

    test('ends its device threads before it quits', async () => {
      const app = await start('quit')
      await framesArrive(app.page)
      const report = join(folder.path, 'threads')
      await app.evaluate((_electron, file) => {
        const { writeFileSync } = process.getBuiltinModule('node:fs')
        const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
        const before = threads()
        process.on('exit', () => writeFileSync(file, JSON.stringify({ before, after: threads() })))
      }, report)
      await app.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.close()
      }, undefined)
      expect(await within('the app ends', app.ended)).toBe(0)
      const { before, after } = JSON.parse(readFileSync(report, 'utf8'))
      expect(before).toBeGreaterThanOrEqual(2)
      expect(after).toBe(0)
    })

    test('shares the microscope where its settings say so', async () => {
      const data = join(folder.path, 'sharing')
      const port = await lastingPort()
      await mkdir(data, { recursive: true })
      const remote = { enabled: true, host: '127.0.0.1', port, tls: 'off' }
      await writeFile(join(data, 'settings.json'), JSON.stringify({ remote }))
      const app = await start('sharing')
      await framesArrive(app.page)
      const url = `http://127.0.0.1:${port}`
      expect((await fetch(`${url}/`)).status).toBe(200)
      expect((await fetch(`${url}/api/devices`)).status).toBe(401)
      await quit(app)
      await expect(fetch(url)).rejects.toThrow()
    })

    test.runIf(host === 'the double')('a second instance opens no window and leaves', async () => {
      const data = join(folder.path, 'second')
      const child = forkDouble({ data, env: { ELECTRON_DOUBLE_LOCKED: 'yes' } })
      expect(await within('the second instance ends', exitCode(child))).toBe(0)
      expect(existsSync(join(data, 'settings.json'))).toBe(false)
    })
  })
})

/** Waits until the page says that it shows frames. */
async function framesArrive(page: DesktopApp['page']): Promise<void> {
  await eventually('live frames in the page', async () => {
    const rates = await page.getByLabel('Frame counters').first().textContent()
    return Number(rates?.match(/([\d.]+)\s*shown/)?.[1]) > 0
  })
}

async function quit(app: DesktopApp): Promise<void> {
  await app.evaluate(({ app: electronApp }) => void setImmediate(() => electronApp.quit()), undefined)
  expect(await within('the app ends', app.ended)).toBe(0)
  await app.kill()
}
