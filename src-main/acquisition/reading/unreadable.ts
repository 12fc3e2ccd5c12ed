import { CoverslipError } from '../../../src-shared/errors.ts'
import { systemReason } from '../../../src-shared/system-reason.ts'

/**
 * The error of an image file that cannot be read.
 * @param path of the file; only its name is told, as viewers elsewhere see it too.
 * @param reason completes "… cannot be read: ".
 */
export function unreadable(path: string, reason: string, cause?: unknown): CoverslipError {
  const name = path.split(/[\\/]/).findLast((part) => part !== '') ?? path
  return new CoverslipError('UNREADABLE_IMAGE', `${name} cannot be read: ${reason}`, {
    hint: 'Check that it was copied completely, and whether another program opens it.',
    cause,
  })
}

/** What the system says of a file, in words. */
const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'Coverslip may not read it',
  EPERM: 'Coverslip may not read it',
  EBUSY: 'another program uses it',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link to another place',
  EIO: 'the disk does not give it',
  EMFILE: 'too many files are open',
}

/** Completes "… cannot be read: ". */
export const reasonOf = (error: unknown): string => systemReason(error, systemReasons)
