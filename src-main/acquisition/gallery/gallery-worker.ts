/** Entry of the gallery's worker: one for all who look. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GalleryAnswerMessage, GalleryRequestMessage, GalleryWorkerData } from './gallery-messages.ts'
import { GalleryReading } from './gallery-reading.ts'

if (parentPort === null) throw new Error('gallery-worker runs as a worker thread')
const port = parentPort
const { dataFolder } = workerData as GalleryWorkerData
const reading = new GalleryReading(dataFolder)
/** What is being answered. */
const underWay = new Map<number, AbortController>()

port.on('message', (message: GalleryRequestMessage) => {
  if ('changed' in message) return reading.invalidate()
  if ('dropped' in message) return underWay.get(message.dropped)?.abort()
  const { number, request } = message
  const control = new AbortController()
  underWay.set(number, control)
  const post = (answered: GalleryAnswerMessage, transfer: readonly ArrayBuffer[] = []) => {
    underWay.delete(number)
    port.postMessage(answered, [...transfer])
  }
  reading.answer(request, control.signal).then(
    (answer) => post({ number, answer }, answer.type === 'plane' ? [answer.packet.buffer] : []),
    (error: unknown) => post({ number, error: CoverslipError.from(error).serialize() }),
  )
})
