/**
 * A folder of the gallery as one ZIP file, made while it is sent: stored, not compressed, and larger than 4 GB where it
 * has to be (ZIP64). Nothing of it is kept in memory but the list of its files.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { makeZip, predictLength } from 'client-zip'
import { CoverslipError } from '../../src-shared/errors.ts'
import { readWithoutLinks } from '../open-flags.ts'
import { type FolderFile, folderFiles } from './folder-files.ts'

/** The list at the end of a ZIP file counts them by 16 bits. */
const mostFiles = 65_534

/** A folder as one ZIP file, made while it is read. */
export type FolderArchive = {
  /** Of the ZIP file. */
  readonly bytes: bigint
  /** Gives the file; destroyed, it closes what it reads. Called once at most. */
  open(): Readable
}

/**
 * The files of `folder` as they are now, below its name: of those that grow meanwhile what was there before.
 * @throws CoverslipError TOO_LARGE for more files than a ZIP file counts
 */
export async function folderArchive(folder: string): Promise<FolderArchive> {
  const { files, complete } = await folderFiles(folder, mostFiles)
  const name = basename(folder)
  if (!complete)
    throw new CoverslipError(
      'TOO_LARGE',
      `${name} has more than ${mostFiles} files, which is too much for a ZIP file`,
      {
        hint: 'Copy it at the computer at the microscope, or fetch its files one by one.',
      },
    )
  const entries = files.map((file) => ({
    file,
    name: `${name}/${file.path}`,
    size: file.bytes,
    lastModified: new Date(file.changedAt),
  }))
  return {
    bytes: predictLength(entries),
    open: () => Readable.fromWeb(makeZip(opened(folder, entries))),
  }
}

type Entry = {
  readonly file: FolderFile
  readonly name: string
  readonly size: number
  readonly lastModified: Date
}

/** One file is open at a time; it is closed, too, when nobody wants the rest. */
async function* opened(folder: string, entries: readonly Entry[]) {
  for (const { file, ...entry } of entries) {
    const handle = await open(join(folder, file.path), readWithoutLinks)
    try {
      yield { ...entry, input: whole(handle, file) }
    } finally {
      await handle.close()
    }
  }
}

/** Read at a time. */
const pieceBytes = 256 * 1024

/** @throws CoverslipError UNREADABLE_IMAGE when there are fewer bytes than the archive says */
async function* whole(file: FileHandle, { path, bytes }: FolderFile): AsyncGenerator<Uint8Array> {
  try {
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
  } finally {
    // Here, too: whoever makes the archive forgets the list of files when one of them fails.
    await file.close()
  }
}
