/** npm run package: an installable app for this platform into dist/. Arguments go to electron-builder, e.g. `--dir`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { findElectron } from './electron.mjs'
import { setUpTools } from './setup.mjs'
import { fail, projectRoot, runNode } from './with-node.mjs'

await setUpTools()
const executable = findElectron()
if (executable === undefined)
  fail('Packaging needs Electron’s binary, which is not here: run `npx install-electron` first.')
const code = await bundle()
if (code !== 0) process.exit(code)
process.exitCode = await runNode([
  'node_modules/electron-builder/out/cli/cli.js',
  '--config',
  'electron-builder.yml',
  `-c.electronDist=${process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join('node_modules', 'electron', 'dist')}`,
  `-c.electronVersion=${await electronVersion()}`,
  '--publish',
  'never',
  ...process.argv.slice(2),
])

async function electronVersion() {
  return JSON.parse(await readFile(join(projectRoot, 'node_modules', 'electron', 'package.json'), 'utf8'))
    .version
}
