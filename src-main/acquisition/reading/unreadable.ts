import type { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { fieldProblems, problemText } from '../../../src-shared/field-problems.ts'
import { systemReason } from '../../../src-shared/system-reason.ts'

/**
 * The error of an image file that cannot be read.
 * @param path of the file; only its name is told, as viewers elsewhere see it too.
 * @param reason completes "… cannot be read: ".
 */
export function unreadable(path: string, reason: string, cause?: unknown): CoverslipError {
  return new CoverslipError('UNREADABLE_IMAGE', `${fileName(path)} cannot be read: ${reason}`, {
    hint: 'Check that it was copied completely, and whether another program opens it.',
    cause,
  })
}

/** The error of a JSON file of ours in which `error` names what is not as it must be. */
export function unreadableFields(path: string, error: z.ZodError): CoverslipError {
  const problems = fieldProblems(error)
  return new CoverslipError(
    'UNREADABLE_IMAGE',
    `${fileName(path)} cannot be read: ${problemText(problems)}`,
    {
      hint: 'Somebody has changed it, or another version has written it: mend the fields named, or take a copy of it. The images beside it are as they were.',
      data: { problems },
      cause: error,
    },
  )
}

function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path
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
