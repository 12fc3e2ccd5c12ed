/** The doctor: runs all checks at once; one that fails or hangs says so and keeps no other from its answer. */
import { z } from 'zod'
import { type DoctorCheck, type DoctorReport, doctorCheckSchema } from '../../../src-shared/doctor.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { DriverInfo, FoundConnection, NetworkInterface } from '../../../src-shared/hardware.ts'
import type { DriverCatalog } from '../../devices/driver-catalog.ts'
import { runDriverTask } from '../../devices/driver-task.ts'
import { checkDeviceFiles } from './device-files.ts'
import { checkFirewall } from './firewall.ts'
import { type Machine, thisMachine } from './machine.ts'
import { checkDisk, checkMemory } from './memory-and-disk.ts'
import { checkMtu } from './mtu.ts'
import { checkFfmpeg, checkIndiserver } from './programs.ts'
import { checkReceiveBuffer } from './receive-buffer.ts'
import { checkSubnets } from './subnets.ts'

/** What the doctor examines. */
export type Patient = {
  readonly drivers: DriverCatalog
  readonly dataFolder: string | undefined
  readonly interfaces: readonly NetworkInterface[]
  /** What the last search has found. */
  readonly found: readonly FoundConnection[]
  readonly machine?: Machine
}

const driverLimits = { abortMs: 5000, graceMs: 2000 }
const mostOfDriver = 50

/** Checks all that commonly keeps hardware from working. Never rejects. */
export async function examine(patient: Patient): Promise<DoctorReport> {
  const { machine = thisMachine, interfaces, found, dataFolder, drivers } = patient
  const chosen = interfaces.filter((each) => each.chosen)
  const known = await drivers.scan()
  const examinations: Promise<readonly DoctorCheck[]>[] = [
    examination('udp-receive-buffer', () => checkReceiveBuffer(machine)),
    examination('mtu', () => checkMtu(machine, chosen)),
    examination('subnet', async () => checkSubnets(interfaces, found)),
    examination('firewall', () => checkFirewall(machine)),
    examination('ffmpeg', () => checkFfmpeg(machine)),
    examination('indiserver', () => checkIndiserver(machine)),
    examination('device-files', () => checkDeviceFiles(machine)),
    examination('disk', () => checkDisk(machine, dataFolder)),
    examination('memory', async () => checkMemory(machine)),
    ...known
      .filter(({ state }) => state === 'ready')
      .map((driver) => examination(driver.id, () => askDriver(driver, { drivers, interfaces: chosen }))),
  ]
  return { checkedAt: Date.now(), checks: (await Promise.all(examinations)).flat() }
}

async function examination(
  id: string,
  check: () => Promise<readonly DoctorCheck[]>,
): Promise<readonly DoctorCheck[]> {
  try {
    return await check()
  } catch (error) {
    const { message, hint } = CoverslipError.from(error)
    return [
      {
        id: `failed:${id}`,
        title: id,
        state: 'unknown',
        message: `Could not be checked: ${message}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ]
  }
}

/** What the driver itself knows to check. */
async function askDriver(
  { id, name }: DriverInfo,
  {
    drivers,
    interfaces,
  }: { readonly drivers: DriverCatalog; readonly interfaces: readonly NetworkInterface[] },
): Promise<readonly DoctorCheck[]> {
  const addresses = interfaces.map(({ address }) => address)
  const data = { ...(await drivers.module(id)), task: 'diagnose', interfaces: addresses } as const
  const answer = z
    .array(doctorCheckSchema)
    .max(mostOfDriver)
    .safeParse(await runDriverTask(data, driverLimits))
  if (answer.success) return answer.data
  throw new CoverslipError('DEVICE_FAILED', `${name} answers wrongly: ${z.prettifyError(answer.error)}`)
}
