/**
 * npm start: installs and builds what is missing, then opens Coverslip: in the desktop window where Electron can run,
 * otherwise served on this machine and opened in a browser. All arguments go to Coverslip itself.
 */
import { join } from 'node:path'
import { ensureElectron } from './electron.mjs'
import { setUp } from './setup.mjs'
import { projectRoot, run, runNode } from './with-node.mjs'

const args = process.argv.slice(2)
/** With one of these there is nothing to show. */
const windowless = new Set(['--headless', '--help', '-h', '--version', '-V'])
/** With one of these the app is to be served, though opened too; a desktop window has no address. */
const serving = [
  '--host',
  '--port',
  '--require-token',
  '--tls',
  '--certificate',
  '--key',
  '--new-link',
  '--role',
  '--imswitch-ui',
  '--redis',
]

await setUp()
if (args.includes('--front')) process.exitCode = await serveFront()
else process.exitCode = args.some((argument) => windowless.has(argument)) ? await serve(args) : await open()

async function open() {
  if (args.some((argument) => serving.some((name) => argument === name || argument.startsWith(`${name}=`)))) {
    return serve(['--open', ...args])
  }
  const { executable, reason } = await ensureElectron()
  if (executable !== undefined)
    return run(executable, [...sandboxArguments(), projectRoot, ...args], { cwd: process.cwd() })
  console.log(`Opening in a browser instead of a desktop window: ${reason}.`)
  return serve(['--open', ...args])
}

function serve(serverArgs) {
  return runNode([join(projectRoot, 'out/main/server.js'), ...serverArgs], { cwd: process.cwd() })
}

/** A server without engine or devices, for more viewers than the microscope's computer should serve. */
function serveFront() {
  return runNode([join(projectRoot, 'src-main/server/front.ts'), ...args], { cwd: process.cwd() })
}

/** Chromium refuses to start as root with its sandbox. */
function sandboxArguments() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  console.log('Started as root: the window runs without Chromium’s sandbox.')
  return ['--no-sandbox']
}
