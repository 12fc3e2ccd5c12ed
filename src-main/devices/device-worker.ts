/** Entry of a device worker: opens one driver connection and serves the engine's calls to it. */
import { parentPort, workerData } from 'node:worker_threads'
import type { DeviceMessage, DeviceRequest, DeviceWorkerData } from './device-messages.ts'
import { serveConnection } from './serve-connection.ts'

if (parentPort === null) throw new Error('device-worker runs as a worker thread')
const port = parentPort

await serveConnection({
  data: workerData as DeviceWorkerData,
  post: (message: DeviceMessage) => port.postMessage(message),
  onRequest: (listener: (request: DeviceRequest) => void) => port.on('message', listener),
  end: () => port.close(),
})
