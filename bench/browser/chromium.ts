/**
 * A Chromium that nothing drives: browser benchmarks run in it, and their page posts its figures to the server.
 * (Under Playwright every WebSocket message is also sent to the test as a network event, which is many times slower.)
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** WebGL2 by software, so that figures and pictures do not depend on a graphics card. */
export const softwareGlArguments = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-gpu-compositing',
] as const

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser of `CHROMIUM_PATH`, or an installed one; undefined when there is none. */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...candidates].find((path) => path !== undefined && existsSync(path))
}

/** How the browser is started. */
export type ChromiumOptions = {
  /** Viewport, CSS pixels. */
  readonly width?: number
  readonly height?: number
  /** More command line arguments. */
  readonly args?: readonly string[]
}

/** A browser that runs. */
export type SpawnedChromium = {
  readonly pid: number
  /** Ends the browser and removes its profile. */
  close(): Promise<void>
}

/**
 * Opens `url` in a headless Chromium with a profile of its own.
 * @throws Error when no Chromium is installed
 */
export async function spawnChromium(url: string, options: ChromiumOptions = {}): Promise<SpawnedChromium> {
  const path = findChromium()
  if (path === undefined)
    throw new Error('No Chromium was found; install one or set CHROMIUM_PATH to its executable')
  const profile = await mkdtemp(join(tmpdir(), 'coverslip-chromium-'))
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const child = spawn(
    path,
    [
      '--headless=new',
      ...sandbox,
      ...softwareGlArguments,
      `--user-data-dir=${profile}`,
      `--window-size=${options.width ?? 1280},${options.height ?? 900}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-extensions',
      '--disable-component-update',
      '--disable-background-networking',
      ...(options.args ?? []),
      url,
    ],
    // Its own process group, so that its helper processes end with it.
    { stdio: 'ignore', detached: process.platform !== 'win32' },
  )
  await once(child, 'spawn')
  return {
    pid: child.pid ?? 0,
    close: async () => {
      await endChild(child)
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  if (process.platform === 'win32') child.kill()
  else process.kill(-child.pid, 'SIGKILL')
  await ended
}
