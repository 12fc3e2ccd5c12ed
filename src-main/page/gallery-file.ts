/** Files of the gallery as they are, whole or in part (RFC 9110, section 14): to download them, and to play videos. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Readable } from 'node:stream'
import { CoverslipError } from '../../src-shared/errors.ts'
import { folderArchive } from './folder-archive.ts'
import { folderFiles, isGone } from './folder-files.ts'

/** Path below which both hosts serve them; what follows is an item's id, or that of a file in it. */
export const galleryFilesPath = '/gallery/files/'

/** What is answered by HTTP. */
export type FileAnswer = {
  readonly status: 200 | 206 | 304 | 416
  readonly headers: Readonly<Record<string, string>>
  /** Absent: nothing but headers. */
  readonly body?: Readable | string
}

/** What is asked by HTTP; header fields as they come. */
export type FileQuestion = {
  readonly method: string
  readonly range?: string | undefined
  readonly ifRange?: string | undefined
  readonly ifNoneMatch?: string | undefined
  /** To be kept, not shown. */
  readonly download: boolean
}

const contentTypes: Readonly<Record<string, string>> = {
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.mkv': 'video/x-matroska',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.avi': 'video/x-msvideo',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
}

/** Files that the list of a folder names. */
const mostListed = 10_000

/**
 * The answer to a question for the file at `path`, which has been checked. A folder is answered by the list of its
 * files, `{ files: [{ path, bytes, changedAt }] }`: each can be fetched, and an OME-Zarr read in place. To be kept, it is
 * one ZIP file.
 * @throws CoverslipError UNKNOWN_IMAGE when it is gone; TOO_LARGE for a folder of too many files to be one
 */
export async function galleryFile(path: string, question: FileQuestion): Promise<FileAnswer> {
  const stats = await stat(path).catch((error: unknown) => {
    if (!isGone(error)) throw error
    throw new CoverslipError('UNKNOWN_IMAGE', `There is no file ${basename(path)} any more`, {
      hint: 'It may have been moved or removed: look at the list again.',
    })
  })
  if (stats.isDirectory())
    return question.download ? archiveAnswer(path, question) : listAnswer(path, question)
  const { size, mtimeMs } = stats
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`
  const headers = {
    ...alwaysSent,
    etag,
    'accept-ranges': 'bytes',
    'content-type': contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream',
    'content-disposition': disposition(basename(path), question.download),
  }
  if (question.ifNoneMatch === etag) return { status: 304, headers }
  const asked = question.ifRange === undefined || question.ifRange === etag ? question.range : undefined
  const range = asked === undefined ? undefined : parseRange(asked, size)
  if (range === 'unsatisfiable')
    return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const part = {
    ...headers,
    'content-length': String(end - start + 1),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
  }
  const status = range === undefined ? 200 : 206
  if (question.method === 'HEAD') return { status, headers: part }
  if (size === 0) return { status, headers: part, body: '' }
  return { status, headers: part, body: createReadStream(path, { start, end }) }
}

/** Whatever lies there: nothing of it may run as a page of ours. */
const alwaysSent = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-cache',
}

function disposition(name: string, download: boolean): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  return `${download ? 'attachment' : 'inline'}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`
}

/** One range of bytes; undefined for what is none or several, which is answered by the whole. */
function parseRange(
  text: string,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [whole, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text) ?? []
  if (whole === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last))
  if (start > end && first !== '' && last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

async function listAnswer(path: string, { method }: FileQuestion): Promise<FileAnswer> {
  const body = JSON.stringify(await folderFiles(path, mostListed))
  const headers = { ...alwaysSent, 'content-type': 'application/json' }
  return method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body }
}

async function archiveAnswer(path: string, { method }: FileQuestion): Promise<FileAnswer> {
  const archive = await folderArchive(path)
  const headers = {
    ...alwaysSent,
    'content-type': 'application/zip',
    'content-length': String(archive.bytes),
    'content-disposition': disposition(`${basename(path)}.zip`, true),
  }
  return method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body: archive.open() }
}
