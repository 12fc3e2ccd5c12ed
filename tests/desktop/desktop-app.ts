/** The desktop app under test: the built bundles, under the real Electron or under the double. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInThisContext } from 'node:vm'
import type * as Electron from 'electron'
import { _electron, chromium, type Page } from 'playwright-core'
import { pageLimitMs } from '../browser/app-page.ts'
import { eventually } from '../fixtures/eventually.ts'
import { within } from '../fixtures/within.ts'

/** What tests do with the app. */
export type DesktopApp = {
  /** The window's page. */
  readonly page: Page
  /** Runs `work` in the main process; it may use its arguments only. */
  evaluate<Result, Argument>(
    work: (electron: typeof Electron, argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  /** The exit code, once the app has ended. */
  readonly ended: Promise<number | null>
  /** Ends whatever still runs, and waits until it has ended. */
  kill(): Promise<void>
}

export type LaunchOptions = {
  /** Folder for everything the app keeps. */
  readonly data: string
  readonly args?: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const noSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The executable of the real Electron; where it cannot be used, prints why. */
export function findElectron(): string | undefined {
  const folder = join(root, 'node_modules', 'electron')
  const name = existsSync(join(folder, 'path.txt'))
    ? readFileSync(join(folder, 'path.txt'), 'utf8')
    : undefined
  const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
  if (name !== undefined && display) return join(folder, 'dist', name)
  const reason =
    name === undefined ? 'its binary is not installed (npx install-electron)' : 'there is no display'
  console.log(`Skipped, the desktop app under the real Electron: ${reason}.`)
  return undefined
}

/** Starts the app under the real Electron. */
export async function launchElectron(
  executablePath: string,
  { data, args = [] }: LaunchOptions,
): Promise<DesktopApp> {
  const app = await _electron.launch({
    executablePath,
    cwd: root,
    args: [...noSandbox, '.', '--data', data, ...args],
    timeout: pageLimitMs,
  })
  const child = app.process()
  const page = await app.firstWindow({ timeout: pageLimitMs })
  page.setDefaultTimeout(pageLimitMs)
  return {
    page,
    // Playwright's type wraps the argument in handles, which plain data does not need.
    evaluate: async (work, argument) => app.evaluate(runInThisContext(`(${work.toString()})`), argument),
    ended: exitCode(child),
    kill: () => end(child),
  }
}

/** Starts the app in Node with the double in place of Electron, and a Chromium for its windows. */
export async function launchDouble({ data, args = [] }: LaunchOptions): Promise<DesktopApp> {
  const { endpoint, chromiumProcess } = await startChromium(join(data, 'chromium'))
  // Before the app opens its window: see startChromium.
  const browser = await chromium.connectOverCDP(endpoint, { timeout: pageLimitMs }).catch(async (error) => {
    await end(chromiumProcess)
    throw error
  })
  const child = forkDouble({ data, args, env: { ELECTRON_DOUBLE_BROWSER: endpoint } })
  const ended = exitCode(child)
  const kill = async (): Promise<void> => {
    await Promise.all([end(child), end(chromiumProcess)])
  }
  try {
    const page = await eventually('the window opens', () =>
      browser
        .contexts()
        .flatMap((context) => context.pages())
        .find((candidate) => candidate.url().startsWith('http://127.0.0.1')),
    )
    page.setDefaultTimeout(pageLimitMs)
    return { page, evaluate: evaluator(child), ended, kill }
  } catch (error) {
    await kill()
    throw error
  }
}

/** Starts the double without a browser, as an instance that opens no window. */
export function forkDouble({
  data,
  args = [],
  env = {},
}: LaunchOptions & { env?: Record<string, string> }): ChildProcess {
  const launcher = fileURLToPath(new URL('./electron-double/launch.ts', import.meta.url))
  const home = join(data, 'electron')
  return fork(launcher, ['--data', data, ...args], {
    env: { ...process.env, ELECTRON_DOUBLE_HOME: home, ...env },
  })
}

export async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : null
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await within('a killed process ends', ended)
}

function evaluator(child: ChildProcess): DesktopApp['evaluate'] {
  let calls = 0
  return (work, argument) =>
    new Promise((resolve, reject) => {
      const id = ++calls
      const settle = (finish: () => void): void => {
        child.off('message', onMessage)
        child.off('exit', onExit)
        finish()
      }
      const onExit = (): void => settle(() => reject(new Error('The app has ended')))
      const onMessage = (answer: { id: number; result: never; error?: string }): void => {
        if (answer.id !== id) return
        settle(() => (answer.error === undefined ? resolve(answer.result) : reject(new Error(answer.error))))
      }
      child.on('message', onMessage)
      child.once('exit', onExit)
      child.send({ id, source: work.toString(), argument })
    })
}

async function startChromium(profile: string): Promise<{ endpoint: string; chromiumProcess: ChildProcess }> {
  const chromiumProcess = spawn(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', [
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    // Playwright may wait for ever for a page that opens while it connects.
    '--no-startup-window',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    ...noSandbox,
  ])
  let printed = ''
  chromiumProcess.stderr.on('data', (text: Buffer) => {
    printed += text.toString()
  })
  const endpoint = await eventually(
    'Chromium starts',
    () => printed.match(/DevTools listening on (ws:\S+)\s/)?.[1],
  ).catch(async (error: unknown) => {
    await end(chromiumProcess)
    throw error
  })
  return { endpoint, chromiumProcess }
}
