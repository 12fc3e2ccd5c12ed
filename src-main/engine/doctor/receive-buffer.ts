import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { Machine } from './machine.ts'

/** A burst of one large frame must fit: 2048 × 2048 at 8 bits needs 4 MiB, and twice that as the system counts packets. */
const wantedBytes = 16 * 2 ** 20
const enoughBytes = 8 * 2 ** 20
const id = 'udp-receive-buffer'
const title = 'Network receive buffer'

/** How much a UDP socket may hold until it is read: with the usual limit of Linux, large frames arrive incomplete. */
export async function checkReceiveBuffer(machine: Machine): Promise<readonly DoctorCheck[]> {
  const told = await machine.receiveBuffer(wantedBytes)
  // socket(7): Linux doubles the value for its own book-keeping, and tells the doubled one.
  const bytes = machine.platform === 'linux' ? told / 2 : told
  const message = `A socket gets ${mebibytes(bytes)} of the ${mebibytes(wantedBytes)} that cameras over the network ask for`
  if (bytes >= enoughBytes) return [{ id, title, state: 'ok', message }]
  return [{ id, title, state: bytes < 2 ** 20 ? 'problem' : 'warning', message, hint: hintFor(machine) }]
}

function hintFor({ platform }: Machine): string {
  if (platform === 'linux')
    return `Fast network cameras lose packets. Raise the limit: sudo sysctl -w net.core.rmem_max=${wantedBytes}; to keep it, write net.core.rmem_max=${wantedBytes} into /etc/sysctl.d/60-coverslip.conf.`
  if (platform === 'darwin')
    return `Fast network cameras lose packets. Raise the limit: sudo sysctl -w kern.ipc.maxsockbuf=${2 * wantedBytes}.`
  return 'Fast network cameras may lose packets: choose a longer delay between packets or a lower frame rate.'
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
