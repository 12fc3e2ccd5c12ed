import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where Chrome and its relatives usually are. */
const browsers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/microsoft-edge',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
}

/** Opens `url` in a browser window without tabs, with a profile of its own; says so when that is not possible. */
export function openAppWindow(url: string, dataFolder: string): void {
  const browser = browsers[process.platform]?.find((path) => existsSync(path))
  const screen =
    process.platform !== 'linux' ||
    process.env['DISPLAY'] !== undefined ||
    process.env['WAYLAND_DISPLAY'] !== undefined
  if (browser === undefined || !screen) {
    console.log(
      `Open ${url} in a browser (${screen ? 'no Chrome or Chromium was found' : 'this machine has no screen'}).`,
    )
    return
  }
  const root = process.platform === 'linux' && process.getuid?.() === 0
  const args = [
    `--app=${url}`,
    `--user-data-dir=${join(dataFolder, 'browser')}`,
    '--no-first-run',
    ...(root ? ['--no-sandbox'] : []),
  ]
  const child = spawn(browser, args, { stdio: 'ignore', detached: true })
  child.on('error', (error) =>
    console.log(`Open ${url} in a browser (${browser} did not start: ${error.message}).`),
  )
  child.unref()
}
