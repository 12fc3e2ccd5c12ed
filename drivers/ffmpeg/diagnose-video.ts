import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DoctorCheck } from '../../src-shared/doctor.ts'
import type { DiscoveryRequest } from '../sdk/driver.ts'
import { findFfmpeg } from '../sdk/ffmpeg-program.ts'
import { listV4l2 } from './devices/v4l2-devices.ts'
import { programAdvice } from './program/ffmpeg-failure.ts'

/** Whether ffmpeg is there, and the cameras that the system lists may be read. */
export async function diagnoseVideo({ signal }: DiscoveryRequest): Promise<readonly DoctorCheck[]> {
  const cameras = process.platform === 'linux' ? await listV4l2() : []
  return [
    await checkProgram(signal),
    ...(await Promise.all(cameras.map(({ device }) => checkAccess(device)))),
  ]
}

async function checkProgram(signal: AbortSignal): Promise<DoctorCheck> {
  const check = { id: 'ffmpeg:program', title: 'ffmpeg' } as const
  try {
    const { version } = await findFfmpeg(undefined, { signal, hint: programAdvice() })
    const name = version === undefined ? 'a development version' : `version ${version.major}.${version.minor}`
    return { ...check, state: 'ok', message: `ffmpeg is installed, ${name}.` }
  } catch (error) {
    const { message, hint = '' } = CoverslipError.from(error)
    // Cameras of other kinds, and MJPEG over HTTP, do without it.
    return {
      ...check,
      state: 'warning',
      message: `${message}. It is needed for USB and RTSP cameras, and to record video.`,
      hint,
    }
  }
}

async function checkAccess(device: string): Promise<DoctorCheck> {
  const check = { id: `ffmpeg:access:${device}`, title: `Camera ${device}` } as const
  try {
    await access(device, constants.R_OK | constants.W_OK)
    return { ...check, state: 'ok', message: 'It may be used.' }
  } catch {
    return {
      ...check,
      state: 'problem',
      message: `${device} may not be used by this user.`,
      hint: 'Add the user to the group "video" ("sudo usermod -aG video USER"), then log in again.',
    }
  }
}
