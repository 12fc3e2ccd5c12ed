import { CoverslipError } from '../../../src-shared/errors.ts'

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
