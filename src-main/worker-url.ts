/**
 * Where the code of a thread, a child process or a driver is: TypeScript sources run as they are, bundles lie flat in
 * `out/main` (`electron.vite.config.ts` makes one of every `*-worker.ts`, `*-process.ts` and driver).
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

declare const __BUNDLED__: boolean | undefined

/**
 * File of a worker thread or child process; `name` is its path below `src-main`, without ending:
 * `live-view/stream-worker`.
 */
export function workerUrl(name: string): URL {
  return isBundled() ? bundleUrl(name.replaceAll('/', '-')) : new URL(`./${name}.ts`, import.meta.url)
}

/** Module of a driver, by its id: `simulated-microscope`. */
export function driverUrl(id: string): URL {
  return isBundled() ? bundleUrl(`driver-${id}`) : new URL(`../drivers/${id}/index.ts`, import.meta.url)
}

/** Ids of the drivers that Coverslip brings along. */
export async function builtInDrivers(): Promise<string[]> {
  if (isBundled()) {
    const files = await readdir(fileURLToPath(bundleFolder()))
    return files.flatMap((file) => /^driver-([a-z0-9-]+)\.js$/.exec(file)?.[1] ?? []).toSorted()
  }
  const folder = fileURLToPath(new URL('../drivers/', import.meta.url))
  const names = await readdir(folder)
  return names.filter((name) => existsSync(join(folder, name, 'index.ts'))).toSorted()
}

/** Folder of files that are served as they are; `name` is its path below `src-main`: `page/webrtc-stream`. */
export function servedFolderUrl(name: string): URL {
  return new URL(`${name}/`, isBundled() ? bundleFolder() : import.meta.url)
}

function isBundled(): boolean {
  return typeof __BUNDLED__ !== 'undefined' && __BUNDLED__
}

function bundleUrl(name: string): URL {
  return new URL(`${name}.js`, bundleFolder())
}

/** This code may itself lie in a shared chunk, `out/main/chunks/…`. */
function bundleFolder(): string {
  return new URL('.', import.meta.url).href.replace(/\/chunks\/$/, '/')
}
