/** Entry of the gallery's worker: one for all who look. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GalleryAnswerMessage, GalleryRequestMessage, GalleryWorkerData } from './gallery-messages.ts'
import { GalleryReading } from './gallery-reading.ts'

if (parentPort === null) throw new Error('gallery-worker runs as a worker thread')
const port = parentPort
const { dataFolder } = workerData as GalleryWorkerData
const reading = new GalleryReading(dataFolder)

port.on('message', (message: GalleryRequestMessage) => {
  if ('changed' in message) return reading.invalidate()
  const { number, request } = message
  const post = (answered: GalleryAnswerMessage, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(answered, [...transfer])
  reading.answer(request).then(
    (answer) => post({ number, answer }, answer.type === 'plane' ? [answer.packet.buffer] : []),
    (error: unknown) => post({ number, error: CoverslipError.from(error).serialize() }),
  )
})
