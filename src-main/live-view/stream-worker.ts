/** Entry of a stream worker: the only place where live frames are encoded. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../src-shared/errors.ts'
import { StreamLoop } from './stream-loop.ts'
import type { StreamMessage, StreamRequest, StreamWorkerData } from './stream-messages.ts'

if (parentPort === null) throw new Error('stream-worker runs as a worker thread')
const port = parentPort

const loop = new StreamLoop(workerData as StreamWorkerData, (message: StreamMessage, transfer) =>
  port.postMessage(message, transfer),
)

port.on('message', (request: StreamRequest) => {
  try {
    loop.handle(request)
  } catch (error) {
    port.postMessage({ type: 'fault', error: CoverslipError.from(error).serialize() } satisfies StreamMessage)
  }
})

await loop.run()
port.close()
