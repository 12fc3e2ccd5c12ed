/**
 * Where the code of a thread or a driver is: TypeScript sources run as they are, bundles lie flat in `out/main`
 * (`electron.vite.config.ts` makes one of every `*-worker.ts` and of every driver).
 */
declare const __BUNDLED__: boolean | undefined

/** File of a worker thread; `name` is its path below `src-main`, without ending: `live-view/stream-worker`. */
export function workerUrl(name: string): URL {
  return isBundled() ? bundleUrl(name.replaceAll('/', '-')) : new URL(`./${name}.ts`, import.meta.url)
}

/** Module of a driver, by its id: `simulated-microscope`. */
export function driverUrl(id: string): URL {
  return isBundled() ? bundleUrl(`driver-${id}`) : new URL(`../drivers/${id}/index.ts`, import.meta.url)
}

function isBundled(): boolean {
  return typeof __BUNDLED__ !== 'undefined' && __BUNDLED__
}

/** This code may itself lie in a shared chunk, `out/main/chunks/…`. */
function bundleUrl(name: string): URL {
  const folder = new URL('.', import.meta.url).href.replace(/\/chunks\/$/, '/')
  return new URL(`${name}.js`, folder)
}
