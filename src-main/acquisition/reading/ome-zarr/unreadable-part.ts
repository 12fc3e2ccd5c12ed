import { CoverslipError } from '../../../../src-shared/errors.ts'

/** The error of a file within a dataset; it is named from the dataset on: `beads.ome.zarr/0/zarr.json`. */
export function unreadablePart(path: string, reason: string, cause?: unknown): CoverslipError {
  const parts = path.split(/[\\/]/)
  const from = parts.findIndex((part) => part.endsWith('.zarr'))
  const name = parts.slice(from === -1 ? -2 : from).join('/')
  return new CoverslipError('UNREADABLE_IMAGE', `${name} cannot be read: ${reason}`, {
    hint: 'Check that the dataset was copied completely, and whether another program opens it.',
    cause,
  })
}

/** The error of a file or folder from which links lead out of its dataset, as others' may. */
export const linksOut = (path: string): CoverslipError =>
  unreadablePart(path, 'it is a link to another place')
