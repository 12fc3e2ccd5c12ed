import { CoverslipError } from '../../src-shared/errors.ts'

/** An error about the images to be replayed: `message` names the file, `hint` says what to do about it. */
export function replayError(message: string, hint: string, cause?: unknown): CoverslipError {
  return new CoverslipError('REPLAY_SOURCE', message, { hint, ...(cause === undefined ? {} : { cause }) })
}

/** What a caught value says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The error for a file that cannot be read at all: missing, not permitted, not a file. */
export function unreadableError(path: string, error: unknown): CoverslipError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return replayError(
      `There is no folder or image "${path}"`,
      'Check the path: it must name a folder of PNG or TIFF images, one image, or one TIFF stack.',
      error,
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return replayError(
      `"${path}" may not be read by this user`,
      'Give the user that runs Coverslip the right to read it, or copy it elsewhere.',
      error,
    )
  }
  return replayError(
    `"${path}" cannot be read: ${reasonOf(error)}`,
    'Check that the disk is connected and the path names a folder of images, one image or one TIFF stack.',
    error,
  )
}

/** The error for an image whose contents make no sense. */
export function corruptError(name: string, reason: string, cause?: unknown): CoverslipError {
  return replayError(
    `${name} is corrupt or truncated: ${reason}`,
    'Remove the file from the folder, or copy or export it again.',
    cause,
  )
}
