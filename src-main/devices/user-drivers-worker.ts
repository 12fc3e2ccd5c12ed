/** Entry of a thread that reads drivers of the user: hashing their files is work, of which the engine's thread does none. */
import { parentPort, workerData } from 'node:worker_threads'
import { type DriverPlace, readUserDriver, type UserDriver } from './user-drivers.ts'

if (parentPort === null) throw new Error('user-drivers-worker runs as a worker thread')

const places: readonly DriverPlace[] = workerData
const drivers: UserDriver[] = []
for (const place of places) drivers.push(await readUserDriver(place))
parentPort.postMessage(drivers)
