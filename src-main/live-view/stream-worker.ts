/** Entry of a stream worker: the only place where live frames are encoded, or made into video. */
import { parentPort, workerData } from 'node:worker_threads'
import { CoverslipError } from '../../src-shared/errors.ts'
import { PacketMaker } from './packet-maker.ts'
import { StreamLoop } from './stream-loop.ts'
import type { Post, StreamMessage, StreamRequest, StreamWorkerData } from './stream-messages.ts'
import { VideoMaker } from './webrtc/video-maker.ts'

if (parentPort === null) throw new Error('stream-worker runs as a worker thread')
const port = parentPort
const post: Post = (message, transfer = []) => port.postMessage(message, transfer)

const data = workerData as StreamWorkerData
const { ring, firstFrame, params } = data
const maker =
  params.protocol === 'webrtc'
    ? new VideoMaker({ params, post, ready: () => loop.makeIfOwed() })
    : new PacketMaker(data, post)
const loop = new StreamLoop({ ring, firstFrame, frameRate: params.frameRate, maker, post })

port.on('message', (request: StreamRequest) => {
  try {
    loop.handle(request)
  } catch (error) {
    port.postMessage({ type: 'fault', error: CoverslipError.from(error).serialize() } satisfies StreamMessage)
  }
})

await loop.run()
port.close()
