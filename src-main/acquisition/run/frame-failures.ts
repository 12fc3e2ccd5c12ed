/** What goes wrong with the frames of a plan. */
import { CoverslipError } from '../../../src-shared/errors.ts'

/** Why a frame that was exposed is not in the files. */
export function overwritten(camera: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `A frame of ${camera} was overwritten before it was taken`, {
    hint: 'The disk is too slow: take images more slowly, or choose a smaller ROI.',
  })
}

/** Why there is no frame after an exposure. */
export function undelivered(camera: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `${camera} delivered no frame`, {
    hint: 'Check its trigger setting, power and cable.',
  })
}
