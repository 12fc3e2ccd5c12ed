/** Entry of a recording's worker: one per camera and recording. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { RecordingLoop } from './recording-loop.ts'
import type { RecordingMessage, RecordingRequestMessage, RecordingWorkerData } from './recording-messages.ts'

if (parentPort === null) throw new Error('recording-worker runs as a worker thread')
const port = parentPort
const post = (message: RecordingMessage) => port.postMessage(message)
try {
  const loop = await RecordingLoop.open(workerData as RecordingWorkerData, post)
  port.on('message', (message: RecordingRequestMessage) => loop.hear(message))
  await loop.run()
} catch (error) {
  post({ type: 'refused', error: CoverslipError.from(error).serialize() })
}
port.close()
