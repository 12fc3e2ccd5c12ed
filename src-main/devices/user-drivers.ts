/** Drivers of the user, read as data, without running anything of them. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, opendir, readFile, readlink } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { type DriverManifest, driverManifestSchema } from '../../src-shared/hardware.ts'

/** Where a driver is. */
export type DriverPlace = { readonly id: string; readonly folder: string }

/** A driver as its folder shows it; `problem`: why it cannot be used. */
export type UserDriver = DriverPlace &
  (
    | {
        readonly manifest: DriverManifest
        /** URL of its module. */
        readonly url: string
        /** SHA-256 of all its files, hexadecimal. */
        readonly hash: string
      }
    | { readonly problem: string }
  )

/** Module of a driver: the first of these that is there. */
const entries = ['index.ts', 'index.mts', 'index.js', 'index.mjs']
/** A driver with its packages is smaller than this; what is larger was put there by mistake. */
const most = { files: 10_000, bytes: 200 * 2 ** 20, manifestBytes: 64 * 1024 }

/** The driver in `folder`, as it is at this moment. Never rejects. */
export async function readUserDriver({ id, folder }: DriverPlace): Promise<UserDriver> {
  try {
    const files = await filesOf(folder)
    const entry = entries.find((name) => files.some(({ path }) => path === name))
    if (entry === undefined) throw new Error(`it has none of ${entries.join(', ')}`)
    const manifest = await readManifest(folder, id)
    const url = pathToFileURL(join(folder, entry)).href
    return { id, folder, manifest, url, hash: await hashOf(folder, files) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // Not everybody who reads this need know where the folder is.
    return { id, folder, problem: reason.replaceAll(folder + sep, '') }
  }
}

async function readManifest(folder: string, id: string): Promise<DriverManifest> {
  const path = join(folder, 'manifest.json')
  const { size } = await lstat(path)
  if (size > most.manifestBytes) throw new Error(`manifest.json has ${size} bytes`)
  const parsed = driverManifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new Error(`manifest.json is not valid: ${z.prettifyError(parsed.error)}`)
  if (parsed.data.id !== id) throw new Error(`its folder is called ${id}, its manifest ${parsed.data.id}`)
  return parsed.data
}

type DriverFile = { readonly path: string; readonly link: boolean }

/** All files below `folder`, by their path in it, sorted; links that lead out of it are refused. */
async function filesOf(folder: string): Promise<readonly DriverFile[]> {
  const files: DriverFile[] = []
  let [entries, bytes] = [0, 0]
  // One after the other: what was put there by mistake may have any number.
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (++entries > most.files) throw new Error(`it has more than ${most.files} files`)
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    if (entry.isSymbolicLink()) await refuseForeignLink(folder, path)
    else if (!entry.isFile()) throw new Error(`${relative(folder, path)} is neither a file nor a folder`)
    bytes += (await lstat(path)).size
    if (bytes > most.bytes) throw new Error(`its files have more than ${most.bytes / 2 ** 20} MB`)
    files.push({ path: relative(folder, path).replaceAll(sep, '/'), link: entry.isSymbolicLink() })
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** What a link leads to outside of the folder could change without the hash. */
async function refuseForeignLink(folder: string, path: string): Promise<void> {
  const target = resolve(path, '..', await readlink(path))
  if (target.startsWith(folder + sep)) return
  throw new Error(`${relative(folder, path)} is a link that leads out of its folder`)
}

async function hashOf(folder: string, files: readonly DriverFile[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, link } of files) {
    const full = join(folder, path)
    hash.update(`${path}\0${link ? `link ${await readlink(full)}` : `file ${(await lstat(full)).size}`}\0`)
    if (link) continue
    for await (const piece of createReadStream(full)) hash.update(piece)
  }
  return hash.digest('hex')
}
