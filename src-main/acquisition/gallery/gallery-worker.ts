/** Entry of the gallery's worker: one for all who look. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GalleryAnswerMessage, GalleryRequestMessage, GalleryWorkerData } from './gallery-messages.ts'
import { GalleryReading } from './gallery-reading.ts'

if (parentPort === null) throw new Error('gallery-worker runs as a worker thread')
const port = parentPort
const { dataFolder } = workerData as GalleryWorkerData
const reading = new GalleryReading(dataFolder)
/** Between looks for what was deleted long ago, ms. */
const removeOldEveryMs = 6 * 3_600_000
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
    (answer) => post({ number, answer }, 'packet' in answer ? [answer.packet.buffer] : []),
    (error: unknown) => post({ number, error: CoverslipError.from(error).serialize() }),
  )
})

/** It is tried again: a disk that is away or read-only keeps nothing else from being looked at. */
function removeOld(): void {
  reading.removeOld().catch((error: unknown) => console.error('Deleted items were not removed:', error))
}
removeOld()
setInterval(removeOld, removeOldEveryMs).unref()
