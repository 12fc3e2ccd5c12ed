/** Step of the set-up: out/ holds the bundles of the present sources. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot, runNode } from './with-node.mjs'

const sourceFolders = ['src-main', 'src-preload', 'src-renderer', 'src-shared', 'drivers']
const sourceFiles = ['electron.vite.config.ts', 'package.json', 'package-lock.json', 'build/wasm.mjs']
const stampFile = join(projectRoot, 'out', 'bundle-stamp')
const bundles = [
  'out/main/index.js',
  'out/main/server.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

/** Builds when a source was added, removed or changed since the last build. @returns 0, or the exit code of the build */
export async function ensureBundle() {
  if (bundles.every((file) => existsSync(join(projectRoot, file)))) {
    const stamp = await readFile(stampFile, 'utf8').catch(() => '')
    if (stamp === (await sourceStamp())) return 0
  }
  return bundle()
}

/** Builds the kernels and the bundles of all processes. @returns 0, or the exit code of the build */
export async function bundle() {
  console.log('Building …')
  const { buildWasm } = await import('./wasm.mjs')
  await buildWasm()
  // Taken before the build, so that a change during it is noticed the next time.
  const stamp = await sourceStamp()
  const code = await runNode([
    'node_modules/electron-vite/bin/electron-vite.js',
    'build',
    '--logLevel',
    'warn',
  ])
  if (code !== 0) return code
  await mkdir(join(projectRoot, 'out'), { recursive: true })
  await writeFile(stampFile, stamp)
  return 0
}

/** Hash of the names, sizes and times of all sources. */
async function sourceStamp() {
  const hash = createHash('sha256').update(process.version)
  const nested = await Promise.all(
    sourceFolders.map((folder) =>
      readdir(join(projectRoot, folder), { recursive: true, withFileTypes: true }),
    ),
  )
  const files = nested
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  const all = [...files, ...sourceFiles.map((file) => join(projectRoot, file))].sort()
  const facts = await Promise.all(all.map(async (file) => ({ file, ...(await sizeAndTime(file)) })))
  for (const { file, size, mtimeMs } of facts) hash.update(`${file}\0${size}\0${mtimeMs}\n`)
  return hash.digest('hex')
}

async function sizeAndTime(file) {
  const { size, mtimeMs } = await stat(file)
  return { size, mtimeMs }
}
