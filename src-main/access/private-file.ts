import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemReason } from '../../src-shared/system-reason.ts'

/** Only the user who runs Coverslip may read it. */
export const privateMode = 0o600

/** Replaces the file at `path` whole, so that it is never half and readable by nobody else. Makes its folder. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(`${path}.new`, 'w', privateMode)
  try {
    // The mode above holds for new files only, and one may lie there from an interrupted run.
    await file.chmod(privateMode)
    await file.writeFile(text)
    // Otherwise the name could reach the disk before the text, and a power cut leave an empty file.
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EACCES: 'Coverslip may not write there',
  EPERM: 'Coverslip may not write there',
  EROFS: 'the disk is read-only',
  ENOENT: 'its folder is not there',
  EIO: 'the disk does not take it',
}

/** Completes "… cannot be saved: ". */
export const whyNotWritten = (error: unknown): string => systemReason(error, systemReasons)
