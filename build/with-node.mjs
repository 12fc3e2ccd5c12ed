/**
 * Runs a script under a Node that is new enough: this one, or the one that npm installed with the dependencies.
 *
 *     node build/with-node.mjs script.mjs arguments…
 *
 * Plain Node 20 without any package: it is what a bare machine starts first.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the project. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** Runs TypeScript as it is, has Zstandard and `module.registerHooks`. */
const oldestNode = '22.18'

/** True when this process can run Coverslip itself. */
export function isModernNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major === 22) return minor >= 18
  if (major === 23) return minor >= 6
  return major >= 24
}

/** The executable to use, or undefined when neither this Node nor npm's will do. */
export function findModernNode() {
  if (isModernNode()) return process.execPath
  const folder = join(
    projectRoot,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  )
  const executable = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(executable) ? executable : undefined
}

/** Ends the process with a plain sentence. */
export function fail(message) {
  console.error(message)
  process.exit(1)
}

/** As `findModernNode`; ends the process with the remedy when there is none. */
export function requireModernNode() {
  return (
    findModernNode() ??
    fail(
      `Coverslip needs Node ${oldestNode} or later; this is ${process.versions.node}, and npm has none for ${process.platform}-${process.arch}. ` +
        'Install it from https://nodejs.org and start again.',
    )
  )
}

/**
 * Runs a program to its end with our stdin, stdout and stderr, passing on the signals that ask us to stop.
 * @returns its exit code; 128 + n when signal n ended it
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', cwd: projectRoot, ...options })
    const forward = (signal) => {
      // Ctrl-C in a terminal reaches the child without us.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    const stopWatching = whenOrphaned(() => child.kill('SIGTERM'))
    const done = () => {
      stopWatching()
      for (const signal of signals) process.off(signal, forward)
    }
    child.on('error', (error) => {
      done()
      reject(error)
    })
    child.on('exit', (code, signal) => {
      done()
      resolve(code ?? 128 + (signalNumbers[signal] ?? 0))
    })
  })
}

/**
 * Calls `orphaned` when npm, which runs this script, is gone: the shell between npm and us passes no signals on.
 * @returns ends the watch
 */
function whenOrphaned(orphaned) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return () => undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    orphaned()
  }, 1000)
  timer.unref()
  return () => clearInterval(timer)
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/**
 * Up to Node 24, V8 ends the process now and then when threads compile and drop WebAssembly, as our workers do, and as
 * Node's own TypeScript loader does in every thread that runs sources:
 * - it guards code by memory protection keys where the processor has them, and loses track (nodejs/node issue 64500);
 * - it frees code of a module that is gone when a wrapper of an import is compiled anew (a segmentation fault in
 *   `Runtime_TierUpWasmToJSWrapper`, `NativeModule::FreeCode`). So wrappers stay what they are, and code is kept until
 *   its module goes.
 */
const nodeFlags = [
  '--no-memory-protection-keys',
  '--no-wasm-code-gc',
  '--wasm-wrapper-tiering-budget=1000000000',
]

/** Compiled code between runs, so that threads need not compile (and strip of types) the same sources each time. */
const compileCache = join(projectRoot, '.cache', 'compiled')

/** Runs a script under a modern Node, to its end. @returns its exit code */
export function runNode(args, options = {}) {
  const env = { NODE_COMPILE_CACHE: compileCache, ...(options.env ?? process.env) }
  return run(requireModernNode(), [...nodeFlags, ...args], { ...options, env })
}

/** Under an old Node: runs this same script again under the modern one, and ends with its exit code. */
export async function continueUnderModernNode() {
  if (isModernNode()) return
  process.exit(await runNode(process.argv.slice(1), { cwd: process.cwd() }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exit(await runNode(process.argv.slice(2), { cwd: process.cwd() }))
}
