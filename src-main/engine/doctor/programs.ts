import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { Machine } from './machine.ts'

/** The first with everything that is used of it: device listing on all systems, time stamps of cameras. */
const leastFfmpeg = 4

/** ffmpeg, which cameras at USB and those that send video over the network need. */
export async function checkFfmpeg(machine: Machine): Promise<readonly DoctorCheck[]> {
  const id = 'ffmpeg'
  const title = 'ffmpeg, for USB and video cameras and for recording video'
  const path = await machine.findProgram('ffmpeg')
  if (path === undefined) {
    const message = 'ffmpeg is not installed'
    return [{ id, title, state: 'warning', message, hint: `Install it: ${installing('ffmpeg', machine)}` }]
  }
  const { output } = await machine.run(path, ['-hide_banner', '-version'])
  const version = /ffmpeg version n?(\d+)(\S*)/.exec(output)
  // A build of the developers' newest source is called N-123456-g0123456789.
  if (version === null) return [{ id, title, state: 'ok', message: `${path}, of no numbered version` }]
  const message = `${path}, version ${version[1]}${version[2]}`
  if (Number(version[1]) >= leastFfmpeg) return [{ id, title, state: 'ok', message }]
  const hint = `It is too old; version ${leastFfmpeg} or later is needed: ${installing('ffmpeg', machine)}`
  return [{ id, title, state: 'warning', message, hint }]
}

/** indiserver, which astronomical cameras at this computer need; those of another computer do not. */
export async function checkIndiserver(machine: Machine): Promise<readonly DoctorCheck[]> {
  const id = 'indiserver'
  const title = 'indiserver, for INDI cameras'
  if (machine.platform === 'win32') {
    const message = 'Not checked on this system: indiserver does not exist for it'
    const hint = 'Let it run on another computer (a Raspberry Pi is enough), and add the address of that.'
    return [{ id, title, state: 'unknown', message, hint }]
  }
  const path = await machine.findProgram('indiserver')
  if (path !== undefined) return [{ id, title, state: 'ok', message: path }]
  const hint = `Only INDI cameras at this very computer need it: ${installing('indi-bin', machine)}`
  return [{ id, title, state: 'warning', message: 'indiserver is not installed', hint }]
}

function installing(name: string, { platform }: Machine): string {
  if (platform === 'win32') return `winget install ${name}`
  return platform === 'darwin' ? `brew install ${name}` : `sudo apt install ${name} (Debian, Ubuntu)`
}
