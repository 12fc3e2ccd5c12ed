/** Step of the set-up: the npm packages that package-lock.json names. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, findModernNode, projectRoot, run } from './with-node.mjs'

/** Installs the dependencies when some are missing or of another version than the lock file says. */
export async function ensureDependencies() {
  const reason = (await reasonToInstall()) ?? (findModernNode() === undefined ? 'a newer Node' : undefined)
  if (reason === undefined) return
  console.log(`Installing dependencies (${reason}) …`)
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const code = await npm(['ci', '--prefer-offline', '--fetch-retries=5', ...quiet])
  if (code !== 0)
    fail(
      'The dependencies could not be installed (npm ci, above). Is there a connection to the npm registry?',
    )
}

/** Compares what npm last installed with the lock file. @returns why to install, if there is a reason */
async function reasonToInstall() {
  const [wanted, installed] = await Promise.all([
    readPackages(join(projectRoot, 'package-lock.json')),
    readPackages(join(projectRoot, 'node_modules', '.package-lock.json')),
  ])
  if (wanted === undefined) return fail('package-lock.json is missing or damaged; restore it with git.')
  if (installed === undefined) return 'the first time'
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '') continue
    const present = installed[path]
    if (present === undefined ? !optional : present.version !== version)
      return `${path.replace(/^.*node_modules\//, '')} is missing or of another version`
  }
  return undefined
}

async function readPackages(lockFile) {
  try {
    return JSON.parse(await readFile(lockFile, 'utf8')).packages
  } catch {
    // Missing or cut off: the caller decides what that means.
    return undefined
  }
}

function npm(args) {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args])
  return run('npm', args, { shell: process.platform === 'win32' })
}
