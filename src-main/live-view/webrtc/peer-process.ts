/**
 * Entry of the process that holds a video stream's connections, a child of its stream worker: frames come on file
 * descriptor 4, requests on the IPC channel. A process of its own, because the WebRTC library crashes at the natural
 * end of a process, and may crash otherwise; this one always ends by `process.exit`, also when its parent has died.
 */
import { Socket } from 'node:net'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { FrameAssembler } from './frame-pipe.ts'
import { PeerHost } from './peer-host.ts'
import type { PeerProcessEvent, PeerProcessRequest } from './peer-messages.ts'
import { framesFd, notInstalledCode } from './peer-process-facts.ts'
import { loadWebrtc, type WebrtcLibrary } from './webrtc-library.ts'

/** Until viewers have been told that it is over; otherwise they would wait for a network that came back. */
const farewellMs = 100

process.on('disconnect', () => process.exit(0))
// The parent says when it ends; a Ctrl+C in a terminal goes to all processes.
process.on('SIGINT', () => undefined)

function load(): WebrtcLibrary {
  try {
    return loadWebrtc()
  } catch (error) {
    console.error(error)
    return process.exit(notInstalledCode)
  }
}

const tell = (event: PeerProcessEvent) => {
  if (process.connected) process.send?.(event)
}
const host = new PeerHost(load(), tell)

const assembler = new FrameAssembler((frame) => {
  host.frame(frame)
  pipe.write(taken)
})
const taken = Buffer.alloc(1)

const pipe = new Socket({
  fd: framesFd,
  onread: {
    buffer: () => assembler.target,
    callback: (bytes: number) => {
      assembler.filled(bytes)
      return true
    },
  },
})
pipe.on('error', (error) => {
  console.error('The pipe of video frames broke:', error)
  process.exit(1)
})
pipe.on('close', () => process.exit(0))

process.on('message', (message: PeerProcessRequest) => {
  if (message.type === 'stop') {
    host.close()
    setTimeout(() => process.exit(0), farewellMs)
    return
  }
  if (message.type === 'settings') {
    host
      .change(message.settings)
      .catch((error: unknown) => console.error('New video settings failed:', error))
    return
  }
  const { call, request } = message
  host.handle(request).then(
    (sdp) => tell({ type: 'reply', call, ...(sdp === undefined ? {} : { sdp }) }),
    (error: unknown) => tell({ type: 'refused', call, error: CoverslipError.from(error).serialize() }),
  )
})

tell({ type: 'started' })
