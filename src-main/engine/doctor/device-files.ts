import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { Machine } from './machine.ts'

type Kind = { readonly id: string; readonly title: string; readonly what: string; readonly pattern: RegExp }

const serial: Kind = {
  id: 'serial-ports',
  title: 'Serial ports',
  what: 'serial port',
  pattern: /^tty(USB|ACM|AMA)\d+$/,
}
const video: Kind = { id: 'video-devices', title: 'USB cameras', what: 'video device', pattern: /^video\d+$/ }

/** Whether the user may open the serial ports and cameras that are plugged in. */
export async function checkDeviceFiles(machine: Machine): Promise<readonly DoctorCheck[]> {
  if (machine.platform === 'linux')
    return Promise.all([serial, video].map((kind) => checkKind(machine, kind)))
  return [serial, video].map(({ id, title }) => ({
    id,
    title,
    state: 'unknown',
    message: 'Not checked on this system: it has no permissions by file for them',
    ...(machine.platform === 'darwin' && id === video.id
      ? { hint: 'macOS asks once whether Coverslip may use cameras (System Settings, Privacy, Camera).' }
      : {}),
  }))
}

async function checkKind(machine: Machine, { id, title, what, pattern }: Kind): Promise<DoctorCheck> {
  const paths = (await machine.list('/dev'))
    .filter((name) => pattern.test(name))
    .toSorted()
    .map((name) => `/dev/${name}`)
  if (paths.length === 0) return { id, title, state: 'ok', message: `No ${what} is plugged in` }
  const allowed = await Promise.all(paths.map((path) => machine.mayReadAndWrite(path)))
  const refused = paths.filter((_path, index) => allowed[index] === false)
  const [first] = refused
  if (first === undefined) return { id, title, state: 'ok', message: `May be used: ${paths.join(', ')}` }
  return {
    id,
    title,
    state: 'problem',
    message: `May not be used: ${refused.join(', ')}`,
    hint: `Become a member of its group, and log in again: sudo usermod -aG ${await groupNameOf(machine, first)} $USER`,
  }
}

async function groupNameOf(machine: Machine, path: string): Promise<string> {
  const number = await machine.groupOf(path)
  const groups = (await machine.readText('/etc/group')) ?? ''
  const line = groups.split('\n').find((group) => group.split(':')[2] === String(number))
  return line?.split(':')[0] ?? String(number)
}
