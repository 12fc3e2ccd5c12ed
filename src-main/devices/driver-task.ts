/** What drivers are asked without a connection: in a thread of its own that lives no longer than the answer. */
import { Worker } from 'node:worker_threads'
import { CoverslipError, type SerializedError } from '../../src-shared/errors.ts'
import { workerUrl } from '../worker-url.ts'
import type { DriverModule } from './device-messages.ts'

/** The question: what it is, what it finds, what is wrong. */
export type DriverTask =
  | { readonly task: 'describe' }
  | { readonly task: 'discover' | 'diagnose'; readonly interfaces: readonly string[] }

/** Given to the worker as its `workerData`. */
export type DriverTaskData = DriverModule & DriverTask

/** What the worker tells; `value` is what the driver said, not yet checked. */
export type DriverTaskMessage =
  | { readonly result: 'loaded' }
  | { readonly result: 'done'; readonly value: unknown }
  | { readonly result: 'failed'; readonly error: SerializedError }

/** A busy computer takes its time to start a thread and load a driver into it. */
const loadLimitMs = 60_000

/** How long a driver may take to answer. */
export type TaskLimits = {
  /** So long after it was loaded the driver is told to end (its `signal` aborts). */
  readonly abortMs: number
  /** So long after that its thread is ended. */
  readonly graceMs: number
}

/**
 * What the driver answers.
 * @throws CoverslipError of the driver; DEVICE_TIMEOUT when it goes on in spite of being told to end; DEVICE_FAILED when
 *   its thread ends without an answer.
 */
export async function runDriverTask(
  data: DriverTaskData,
  { abortMs, graceMs, signal }: TaskLimits & { readonly signal?: AbortSignal },
): Promise<unknown> {
  const worker = new Worker(workerUrl('devices/driver-task-worker'), { workerData: data })
  let timer: NodeJS.Timeout | undefined
  let stop: () => void = () => undefined
  try {
    return await new Promise((resolve, reject) => {
      const endAfter = (ms: number, end: () => void) => {
        clearTimeout(timer)
        timer = setTimeout(end, ms)
      }
      stop = () => {
        worker.postMessage('stop')
        endAfter(graceMs, () => reject(hanging(graceMs)))
      }
      worker.on('message', (message: DriverTaskMessage) => {
        if (message.result === 'done') resolve(message.value)
        else if (message.result === 'failed') reject(CoverslipError.deserialize(message.error))
        else if (signal?.aborted !== true) endAfter(abortMs, stop)
      })
      worker.on('error', (error) => reject(CoverslipError.from(error, 'DEVICE_FAILED')))
      worker.on('exit', () =>
        reject(new CoverslipError('DEVICE_FAILED', 'The driver’s thread ended without an answer')),
      )
      endAfter(loadLimitMs, stop)
      signal?.addEventListener('abort', stop)
      if (signal?.aborted === true) stop()
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

function hanging(ms: number): CoverslipError {
  return new CoverslipError(
    'DEVICE_TIMEOUT',
    `The driver did not end within ${ms / 1000} s of being told to`,
    {
      hint: 'Its thread was ended. Check the network and cables of its devices.',
    },
  )
}
