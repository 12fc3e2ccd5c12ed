/** Entry of a thread that asks one driver one thing: what it is, what it finds, what is wrong. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DriverTaskData, DriverTaskMessage } from './driver-task.ts'
import { loadDriver } from './load-driver.ts'

if (parentPort === null) throw new Error('driver-task-worker runs as a worker thread')
const port = parentPort
const stop = new AbortController()
port.on('message', () => stop.abort())

async function perform(data: DriverTaskData): Promise<unknown> {
  const driver = await loadDriver(data)
  const loaded: DriverTaskMessage = { result: 'loaded' }
  port.postMessage(loaded)
  if (data.task === 'describe') return driver.manifest
  const request = { signal: stop.signal, interfaces: data.interfaces }
  return data.task === 'discover' ? driver.discover(request) : (driver.diagnose?.(request) ?? [])
}

async function answer(): Promise<DriverTaskMessage> {
  try {
    return { result: 'done', value: await perform(workerData as DriverTaskData) }
  } catch (error) {
    return { result: 'failed', error: CoverslipError.from(error, 'DEVICE_FAILED').serialize() }
  }
}

port.postMessage(await answer())
