/** Entry of the worker that stores a plan's images: one per camera. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { FrameStore } from './frame-store.ts'
import type { StoreMessage, StoreRequest, StoreWorkerData } from './store-messages.ts'

if (parentPort === null) throw new Error('frame-store-worker runs as a worker thread')
const port = parentPort
const post = (message: StoreMessage) => port.postMessage(message)
try {
  const store = await FrameStore.open(workerData as StoreWorkerData, post)
  port.on('message', (request: StoreRequest) => {
    void store.hear(request).then(() => {
      if (request.type === 'close') port.close()
    })
  })
  post({ type: 'ready' })
} catch (error) {
  post({ type: 'failed', error: CoverslipError.from(error, 'DATA_FOLDER').serialize() })
}
