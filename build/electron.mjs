/** Step of the set-up: Electron's binary, which npm does not install with the package. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot, run } from './with-node.mjs'

const packageFolder = join(projectRoot, 'node_modules', 'electron')
const failureFile = join(projectRoot, '.cache', 'electron-download-failed')
const downloadLimitMs = 60_000
const retryAfterMs = 24 * 3600_000

/** The executable, or undefined when the binary has not been downloaded. */
export function findElectron() {
  const pathFile = join(packageFolder, 'path.txt')
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
  if (dist === undefined && !existsSync(pathFile)) return undefined
  const name = existsSync(pathFile)
    ? readFileSync(pathFile, 'utf8')
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron'
  const executable = join(dist ?? join(packageFolder, 'dist'), name)
  return existsSync(executable) ? executable : undefined
}

/**
 * The executable, downloaded if need be: at most a minute, and not again for a day when that failed.
 * @returns `{ executable }`, or `{ reason }`: why there can be no desktop window here
 */
export async function ensureElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { reason: 'there is no display' }
  const present = findElectron()
  if (present !== undefined) return { executable: present }
  const remedy = 'npx install-electron tries again'
  if (existsSync(failureFile) && Date.now() - statSync(failureFile).mtimeMs < retryAfterMs) {
    return { reason: `Electron could not be downloaded; ${remedy}` }
  }
  console.log('Downloading Electron for the desktop window (once) …')
  await run(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: 'ignore',
    timeout: downloadLimitMs,
  })
  const downloaded = findElectron()
  if (downloaded !== undefined) {
    await rm(failureFile, { force: true })
    return { executable: downloaded }
  }
  await mkdir(join(projectRoot, '.cache'), { recursive: true })
  await writeFile(failureFile, new Date().toISOString())
  return { reason: `Electron could not be downloaded; ${remedy}` }
}
