import { dirname } from 'node:path'
import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { Machine } from './machine.ts'

const gibibyte = 2 ** 30
const disk = { few: 10 * gibibyte, none: gibibyte }
const memory = { few: 2 * gibibyte, none: gibibyte / 2 }

/** Room for images in the data folder. */
export async function checkDisk(
  machine: Machine,
  dataFolder: string | undefined,
): Promise<readonly DoctorCheck[]> {
  const id = 'disk'
  const title = 'Free disk space'
  if (dataFolder === undefined)
    return [{ id, title, state: 'unknown', message: 'Not checked: this run has no data folder' }]
  const free = await machine.freeDiskBytes(await existingFolder(machine, dataFolder))
  const message = `${inGibibytes(free)} free for ${dataFolder}`
  const hint = 'Delete or move what is not needed any more, or choose another folder with --data.'
  return [{ id, title, ...rated(free, disk), message, ...(free < disk.few ? { hint } : {}) }]
}

/** Memory that programs may still take. */
export function checkMemory(machine: Machine): readonly DoctorCheck[] {
  const free = machine.availableMemoryBytes()
  const message = `${inGibibytes(free)} of ${inGibibytes(machine.totalMemoryBytes())} free`
  const hint = 'Each camera takes about 100 MiB, large ones more. Close other programs.'
  return [
    {
      id: 'memory',
      title: 'Memory',
      ...rated(free, memory),
      message,
      ...(free < memory.few ? { hint } : {}),
    },
  ]
}

function rated(
  free: number,
  limits: { readonly few: number; readonly none: number },
): Pick<DoctorCheck, 'state'> {
  if (free < limits.none) return { state: 'problem' }
  return { state: free < limits.few ? 'warning' : 'ok' }
}

/** The data folder may not be made yet; then it will be on the disk of the nearest folder above. */
async function existingFolder(machine: Machine, folder: string): Promise<string> {
  if ((await machine.exists(folder)) || dirname(folder) === folder) return folder
  return existingFolder(machine, dirname(folder))
}

const inGibibytes = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`
