/** Entry of a recording's worker: one per camera and recording. */
import { parentPort, workerData } from 'node:worker_threads'
import { RecordingLoop } from './recording-loop.ts'
import type { RecordingRequestMessage, RecordingWorkerData } from './recording-messages.ts'

if (parentPort === null) throw new Error('recording-worker runs as a worker thread')
const port = parentPort
const loop = new RecordingLoop(workerData as RecordingWorkerData, (message) => port.postMessage(message))
port.on('message', (message: RecordingRequestMessage) => loop.hear(message))
await loop.run()
port.close()
