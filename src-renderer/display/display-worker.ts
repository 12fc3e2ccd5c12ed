/** Worker of one LiveDisplay: connection, decoding and drawing, away from the page's own thread. */
import '../zod-without-eval.ts'
import type { DisplayReport, DisplayRequest } from './display-messages.ts'
import { DisplaySession } from './display-session.ts'
import type { FrameSource } from './display-types.ts'
import type { ConnectionListener, FrameConnection } from './frame-connection.ts'
import { PortConnection } from './port-connection.ts'
import { WorkerConnection } from './worker-connection.ts'

let session: DisplaySession | undefined

function connect(source: FrameSource, listener: ConnectionListener): FrameConnection {
  if (source.kind === 'port') return new PortConnection(source.port, listener)
  return new WorkerConnection(source.url, source.path, listener)
}

function report(message: DisplayReport, transfer: readonly Transferable[] = []): void {
  self.postMessage(message, { transfer: [...transfer] })
}

self.addEventListener('message', ({ data }: MessageEvent<DisplayRequest>) => {
  if (data.type === 'open') {
    const { canvas, source } = data
    session = new DisplaySession({ canvas, report, connect: (listener) => connect(source, listener) })
    return
  }
  session?.handle(data)
  if (data.type === 'close') self.close()
})
