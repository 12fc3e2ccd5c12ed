/** ImSwitch's FileManager: the images that were kept, to look at and to download. Nothing else of the data folder. */
import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import type { FastifyReply } from 'fastify'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { recordingsFolder } from '../../acquisition/recordings-folder.ts'

/** An entry of a folder. */
type FileEntry = {
  readonly name: string
  readonly isDirectory: boolean
  /** From the data folder: `/recordings/2026-11-22/a.tif`. */
  readonly path: string
  readonly updatedAt: string
  readonly size?: number
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.tif': 'image/tiff',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
}

/** The folders and files in `path`; of the data folder itself, the images' folder only. */
export async function listFiles({ capture }: Engine, path: string): Promise<FileEntry[]> {
  const segments = segmentsOf(path)
  if (segments.length === 0) {
    const updatedAt = new Date().toISOString()
    return [{ name: recordingsFolder, isDirectory: true, path: `/${recordingsFolder}`, updatedAt }]
  }
  const folder = await existing(capture.folder, segments)
  // Before the first image there is no folder.
  if (folder === undefined && segments.length === 1) return []
  if (folder === undefined || !(await stat(folder)).isDirectory()) throw missing(path)
  const entries = await readdir(folder, { withFileTypes: true })
  const shown = entries.filter(
    (entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()),
  )
  const found = await Promise.all(
    shown.map(async (entry) => {
      // A file may go meanwhile.
      const facts = await stat(join(folder, entry.name)).catch(() => undefined)
      if (facts === undefined) return []
      const { mtime, size } = facts
      const isDirectory = entry.isDirectory()
      const file = {
        name: entry.name,
        isDirectory,
        path: `/${[...segments, entry.name].join('/')}`,
        updatedAt: mtime.toISOString(),
        ...(isDirectory ? {} : { size }),
      }
      return [file]
    }),
  )
  return found.flat()
}

/** Sends a file; `inline`: to be shown rather than kept. @throws CoverslipError INVALID_INPUT when there is none. */
export async function sendFile(
  { capture }: Engine,
  reply: FastifyReply,
  { path, inline }: { readonly path: string; readonly inline: boolean },
): Promise<FastifyReply> {
  const file = await existing(capture.folder, segmentsOf(path))
  const facts = file === undefined ? undefined : await stat(file)
  if (file === undefined || facts === undefined || !facts.isFile()) throw missing(path)
  const name = encodeURIComponent(basename(file)).replaceAll(/['()*]/g, '_')
  return reply
    .type(mediaTypes[extname(file).toLowerCase()] ?? 'application/octet-stream')
    .header('content-length', facts.size)
    .header('content-disposition', `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${name}`)
    .send(createReadStream(file))
}

/**
 * The parts of a path from the data folder, beginning with the images' folder.
 * @throws CoverslipError FORBIDDEN for a path that leads elsewhere.
 */
function segmentsOf(path: string): string[] {
  const segments = path.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.')
  const unsafe = segments.some((segment) => segment.startsWith('.') || /[\0:]/.test(segment))
  if (unsafe || (segments.length > 0 && segments[0] !== recordingsFolder)) {
    throw new CoverslipError('FORBIDDEN', `Only what lies in ${recordingsFolder} can be seen from here`)
  }
  return segments
}

/** The real path, undefined when there is nothing. @throws CoverslipError FORBIDDEN when a link leads elsewhere. */
async function existing(root: string, segments: readonly string[]): Promise<string | undefined> {
  try {
    const realRoot = await realpath(root)
    const real = await realpath(join(realRoot, ...segments.slice(1)))
    const inside = relative(realRoot, real)
    if (inside === '..' || inside.startsWith(`..${sep}`))
      throw new CoverslipError('FORBIDDEN', `Only what lies in ${recordingsFolder} can be seen from here`)
    return real
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** No such thing, or no such thing possible. */
function isMissing(error: unknown): boolean {
  const codes: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']
  return error instanceof Error && 'code' in error && codes.includes(error.code)
}

function missing(path: string): Error {
  return new NoSuchFileError(path)
}

/** HTTP 404. */
export class NoSuchFileError extends Error {
  constructor(path: string) {
    super(`There is no ${path}`)
  }
}
