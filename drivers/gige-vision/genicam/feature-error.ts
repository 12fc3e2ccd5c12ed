/** Errors of who asks for a feature, as opposed to those of its description. */
import { CoverslipError } from '../../../src-shared/errors.ts'

/** UNKNOWN_PROPERTY: the device has no such feature. */
export function unknownFeature(name: string): CoverslipError {
  return new CoverslipError('UNKNOWN_PROPERTY', `The camera has no feature "${name}"`, {
    hint: 'Names are those of the camera, written as in its property list.',
    data: { node: name },
  })
}

/** INVALID_INPUT: the feature is of another type than was asked for; `needed`: `an integer`. */
export function notOfType(name: string, needed: string): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `"${name}" is not ${needed}`, {
    hint: 'Ask for its value as its kind has it.',
    data: { node: name },
  })
}
