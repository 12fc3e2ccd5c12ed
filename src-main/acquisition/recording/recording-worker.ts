/** Entry of a thread that records one camera, and after that waits, with its memory, for the next recording. */
import { setImmediate as turn } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { foundAtOnce } from '../../frames/find-memory.ts'
import { FrameBuffers } from './frame-buffers.ts'
import { RecordingLoop } from './recording-loop.ts'
import type { RecordingMessage, RecordingRequestMessage, RecordingWorkerData } from './recording-messages.ts'

if (parentPort === null) throw new Error('recording-worker runs as a worker thread')
const port = parentPort
const post = (message: RecordingMessage) => port.postMessage(message)

let memory: FrameBuffers | undefined
let isRecording = false
/** What is being recorded. */
let recording: Promise<RecordingLoop | undefined> = Promise.resolve(undefined)

async function prepare(memoryBytes: number): Promise<void> {
  const prepared = new FrameBuffers(memoryBytes)
  memory = prepared
  while (!isRecording) {
    if (!prepared.find(foundAtOnce)) return post({ type: 'prepared' })
    await turn()
  }
}

async function open(data: RecordingWorkerData): Promise<RecordingLoop | undefined> {
  try {
    memory ??= new FrameBuffers(data.bufferBytes + data.heldBytes)
    return await RecordingLoop.open(data, memory, post)
  } catch (error) {
    post({ type: 'refused', error: CoverslipError.from(error).serialize() })
    return undefined
  }
}

async function record(data: RecordingWorkerData): Promise<void> {
  isRecording = true
  recording = open(data)
  const loop = await recording
  await loop?.run()
  recording = Promise.resolve(undefined)
  isRecording = false
}

port.on('message', (message: RecordingRequestMessage) => {
  if (message.type === 'prepare') void prepare(message.memoryBytes)
  else if (message.type === 'record') void record(message.data)
  else void recording.then((loop) => loop?.hear(message))
})
