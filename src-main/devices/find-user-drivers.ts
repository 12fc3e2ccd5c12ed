/** The drivers in the user's folder, read in a thread of its own. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CoverslipError } from '../../src-shared/errors.ts'
import { driverIdSchema } from '../../src-shared/hardware.ts'
import { workerUrl } from '../worker-url.ts'
import type { DriverPlace, UserDriver } from './user-drivers.ts'

/** What is more was put there by mistake. */
const mostDrivers = 100

/** All drivers of `folder`, which need not be there. @throws CoverslipError DATA_FOLDER when it cannot be read. */
export async function findUserDrivers(folder: string): Promise<readonly UserDriver[]> {
  const names = await foldersIn(folder)
  return readUserDrivers(names.slice(0, mostDrivers).map((id) => ({ id, folder: join(folder, id) })))
}

/** The drivers at these places, in their order, as they are at this moment. */
export async function readUserDrivers(places: readonly DriverPlace[]): Promise<readonly UserDriver[]> {
  if (places.length === 0) return []
  const worker = new Worker(workerUrl('devices/user-drivers-worker'), { workerData: places })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(
        new CoverslipError('INTERNAL', 'The thread that reads the user’s drivers ended without an answer'),
      ),
    )
  })
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const all = await readdir(folder, { withFileTypes: true })
    return all
      .filter((entry) => entry.isDirectory() && driverIdSchema.safeParse(entry.name).success)
      .map(({ name }) => name)
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new CoverslipError('DATA_FOLDER', `The folder of drivers cannot be read: ${folder}`, {
      hint: 'Check its permissions.',
      cause: error,
    })
  }
}
