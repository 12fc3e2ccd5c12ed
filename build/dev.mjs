/**
 * npm run dev: Coverslip from source, reloading what changes. With Electron's binary the desktop window (electron-vite),
 * otherwise Vite's server for the page and the headless server beside it. Arguments go to Coverslip itself.
 */
import { findElectron } from './electron.mjs'
import { setUpTools } from './setup.mjs'
import { runNode } from './with-node.mjs'

const args = process.argv.slice(2)
await setUpTools()
const { buildWasm } = await import('./wasm.mjs')
await buildWasm()
process.exitCode =
  findElectron() !== undefined && !args.includes('--headless') ? await devDesktop() : await devBrowser()

function devDesktop() {
  return runNode(['node_modules/electron-vite/bin/electron-vite.js', 'dev', '--', ...args])
}

async function devBrowser() {
  const { createServer, loadConfigFromFile } = await import('vite')
  const loaded = await loadConfigFromFile(
    { command: 'serve', mode: 'development' },
    'electron.vite.config.ts',
  )
  const page = await createServer({ ...loaded?.config.renderer, configFile: false })
  await page.listen()
  page.printUrls()
  const code = await runNode(['--watch', 'src-main/server/headless.ts', ...args])
  await page.close()
  return code
}
