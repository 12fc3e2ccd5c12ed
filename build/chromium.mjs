/** Step of the set-up: a Chromium for the browser and desktop tests. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { canInstallPackages, installPackages } from './debian.mjs'

const commands = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'msedge',
  'microsoft-edge',
]
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** The Chromium (or Chrome) to test with: `CHROMIUM_PATH`, else one that is installed. */
export function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH
  const folders = (process.env.PATH ?? '').split(delimiter)
  const ending = process.platform === 'win32' ? '.exe' : ''
  const candidates = commands.flatMap((command) => folders.map((folder) => join(folder, command + ending)))
  return [...candidates, ...places].find((file) => existsSync(file))
}

/**
 * As `findChromium`, after installing Debian's package where that is possible without asking.
 * @returns undefined, with the remedy printed, when there is none
 */
export async function ensureChromium() {
  const found = findChromium()
  if (found !== undefined) {
    if (existsSync(found)) return found
    console.error(`CHROMIUM_PATH names ${found}, which does not exist.`)
    return undefined
  }
  if (canInstallPackages()) {
    console.log('Installing Chromium (Debian package) for the tests …')
    await installPackages(['chromium', 'fonts-dejavu-core'])
    const installed = findChromium()
    if (installed !== undefined) return installed
  }
  console.error(
    'The browser and desktop tests need Chromium or Chrome: install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH.',
  )
  return undefined
}
