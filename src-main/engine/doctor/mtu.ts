import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { NetworkInterface } from '../../../src-shared/hardware.ts'
import type { Machine } from './machine.ts'

const ethernet = 1500
/** Jumbo frames, as most adapters and cameras have them, are 9000 bytes; some stop a little below. */
const jumbo = 8000
const title = 'Packet size'

/** How large packets may be on the interfaces that the user has chosen, and whether they are cables at all. */
export async function checkMtu(
  machine: Machine,
  chosen: readonly NetworkInterface[],
): Promise<readonly DoctorCheck[]> {
  const names = [...new Set(chosen.filter(({ loopback }) => !loopback).map(({ name }) => name))]
  if (names.length === 0)
    return [
      { id: 'mtu', title, state: 'unknown', message: 'Not checked: no network is chosen for the search' },
    ]
  if (machine.platform !== 'linux') {
    const message = 'Not checked on this system: it does not tell the packet size of an adapter in a file'
    const hint = `Fast cameras need jumbo frames (9000 bytes), set on the adapter${machine.platform === 'win32' ? ' (Device Manager, Advanced, Jumbo Packet)' : ''} and on every switch between.`
    return [{ id: 'mtu', title, state: 'unknown', message, hint }]
  }
  return Promise.all(names.map((name) => checkInterface(machine, name)))
}

async function checkInterface(machine: Machine, name: string): Promise<DoctorCheck> {
  const id = `mtu:${name}`
  const heading = `${title} on ${name}`
  if (await machine.exists(`/sys/class/net/${name}/wireless`)) {
    return {
      id,
      title: heading,
      state: 'warning',
      message: `${name} is wireless`,
      hint: 'Wireless networks lose the packets of fast cameras: connect them by cable.',
    }
  }
  const text = await machine.readText(`/sys/class/net/${name}/mtu`)
  const mtu = Number(text)
  if (text === undefined || !(mtu > 0))
    return { id, title: heading, state: 'unknown', message: `The system does not tell it for ${name}` }
  const message = `Packets on ${name} may have ${mtu} bytes`
  if (mtu >= jumbo) return { id, title: heading, state: 'ok', message }
  const hint = `Jumbo frames spare the processor: sudo ip link set ${name} mtu 9000, if the camera and every switch between can take them.`
  return { id, title: heading, state: mtu < ethernet ? 'problem' : 'ok', message, hint }
}
