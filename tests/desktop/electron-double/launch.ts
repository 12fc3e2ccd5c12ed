/**
 * Runs the built main process with this folder's `electron` in place of the real one, and functions that the test sends,
 * as Playwright does with the real one: `evaluate((electron, argument) => …)`.
 */
import { registerHooks } from 'node:module'
import { runInThisContext } from 'node:vm'
import * as electron from './electron.ts'

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
})
process.on('message', ({ id, source, argument }: { id: number; source: string; argument: unknown }) => {
  Promise.try(() => runInThisContext(`(${source})`)(electron, argument)).then(
    (result: unknown) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(1))
await import(new URL('../../../out/main/index.js', import.meta.url).href)
electron.app.becomeReady()
