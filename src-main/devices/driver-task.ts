/** What drivers are asked without a connection: in a thread of its own that lives no longer than the answer. */
import { Worker } from 'node:worker_threads'
import { CoverslipError, type SerializedError } from '../../src-shared/errors.ts'
import { workerUrl } from '../worker-url.ts'
import type { DriverModule } from './device-messages.ts'

export type DriverTask =
  | { readonly task: 'describe' }
  | { readonly task: 'discover' | 'diagnose'; readonly interfaces: readonly string[] }

/** Given to the worker as its `workerData`. */
export type DriverTaskData = DriverModule & DriverTask

/** Answer of the worker; `value` is what the driver said, not yet checked. */
export type DriverTaskAnswer =
  | { readonly result: 'done'; readonly value: unknown }
  | { readonly result: 'failed'; readonly error: SerializedError }

export type TaskLimits = {
  /** After so long the driver is told to end (its `signal` aborts). */
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
  const late = AbortSignal.timeout(abortMs)
  const stop = signal === undefined ? late : AbortSignal.any([late, signal])
  const worker = new Worker(workerUrl('devices/driver-task-worker'), { workerData: data })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (answer: DriverTaskAnswer) => {
        if (answer.result === 'done') resolve(answer.value)
        else reject(CoverslipError.deserialize(answer.error))
      })
      worker.on('error', (error) => reject(CoverslipError.from(error, 'DEVICE_FAILED')))
      worker.on('exit', () =>
        reject(new CoverslipError('DEVICE_FAILED', 'The driver’s thread ended without an answer')),
      )
      const end = () => {
        worker.postMessage('stop')
        timer = setTimeout(() => reject(hanging(abortMs + graceMs)), graceMs)
      }
      if (stop.aborted) end()
      else stop.addEventListener('abort', end, { once: true })
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

function hanging(ms: number): CoverslipError {
  return new CoverslipError('DEVICE_TIMEOUT', `The driver did not end within ${ms / 1000} s`, {
    hint: 'Its thread was ended. Check the network and cables of its devices.',
  })
}
