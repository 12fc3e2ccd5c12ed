/** Debian packages for the tests, installed where that is possible without asking. */
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { run } from './with-node.mjs'

/** Whether this is a Debian whose packages this user may install. */
export function canInstallPackages() {
  return existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
}

/** Installs what can be had of `names`; apt-get says what is wrong with the others. */
export async function installPackages(names) {
  await updateLists()
  if ((await aptGet(...install, ...names)) === 0 || names.length === 1) return
  console.error('Not all can be installed together; trying them one by one …')
  const endMs = performance.now() + oneByOneMs
  for (const name of names) if (performance.now() < endMs) await aptGet(...install, name)
}

/** So long: where others never let go of the packages, or the network is away, each of them would wait anew. */
const oneByOneMs = 600_000

const install = ['install', '-y', '--no-install-recommends']

/** Another program may be at the lists, for which apt-get does not wait. */
async function updateLists() {
  for (const pauseMs of [10_000, 20_000, 0]) {
    if ((await aptGet('update')) === 0) return
    await delay(pauseMs)
  }
  console.error('apt-get update failed (above); the lists of packages may be old.')
}

/** Waits while others install, and asks again when the network fails. @returns its exit code */
function aptGet(...args) {
  const patience = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3']
  return run('apt-get', ['-qq', ...patience, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
