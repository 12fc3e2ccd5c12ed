/**
 * A folder of the gallery as one ZIP file, made while it is sent: stored, not compressed, and larger than 4 GB where it
 * has to be (ZIP64). Nothing of it is kept in memory but the list of its files.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { CoverslipError } from '../../src-shared/errors.ts'
import { StoredZip, storedZipBytes } from '../../src-shared/stored-zip.ts'
import { readWithoutLinks } from '../open-flags.ts'
import { type FolderFile, folderFiles } from './folder-files.ts'

/** The list of them is in memory. */
const mostFiles = 500_000

/** A folder as one ZIP file, made while it is read. */
export type FolderArchive = {
  /** Of the ZIP file. */
  readonly bytes: number
  /** Gives the file; destroyed, it closes what it reads. Called once at most. */
  open(): Readable
}

/**
 * The files of `folder` as they are now, below its name: of those that grow meanwhile what was there before.
 * @throws CoverslipError TOO_LARGE for too many files
 */
export async function folderArchive(folder: string): Promise<FolderArchive> {
  const { files, complete } = await folderFiles(folder, mostFiles)
  const name = basename(folder)
  if (!complete)
    throw new CoverslipError(
      'TOO_LARGE',
      `${name} has more than ${mostFiles} files, which is too much at a time`,
      {
        hint: 'Copy it at the computer at the microscope, or fetch its files one by one.',
      },
    )
  // Windows takes a backslash for one between folders, and might unpack outside of them.
  const nameOf = ({ path }: FolderFile) => `${name}/${path}`.replaceAll('\\', '_')
  const entries = files.values().map((file) => ({ name: nameOf(file), bytes: file.bytes }))
  return {
    bytes: storedZipBytes(entries),
    open: () =>
      Readable.from(zipped(folder, files, nameOf), { objectMode: false, highWaterMark: pieceBytes }),
  }
}

/** One file is open at a time; it is closed, too, when nobody wants the rest. */
async function* zipped(
  folder: string,
  files: readonly FolderFile[],
  nameOf: (file: FolderFile) => string,
): AsyncGenerator<Uint8Array> {
  const zip = new StoredZip(crc32)
  for (const file of files) {
    const handle = await open(join(folder, file.path), readWithoutLinks)
    try {
      yield zip.begin({ name: nameOf(file), bytes: file.bytes, changedAt: new Date(file.changedAt) })
      for await (const piece of whole(handle, file)) {
        zip.take(piece)
        yield piece
      }
      yield zip.end()
    } finally {
      await handle.close()
    }
  }
  yield* zip.finish()
}

/** Read at a time. */
const pieceBytes = 256 * 1024

/** @throws CoverslipError UNREADABLE_IMAGE when there are fewer bytes than the archive says */
async function* whole(file: FileHandle, { path, bytes }: FolderFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; ) {
    // New memory each time: what was given before may not have been sent yet.
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytes - at))
    const { bytesRead } = await file.read(piece, 0, piece.length, at)
    if (bytesRead === 0)
      throw new CoverslipError('UNREADABLE_IMAGE', `${path} became shorter while it was sent`, {
        hint: 'Download the folder again when nothing is written to it.',
      })
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
