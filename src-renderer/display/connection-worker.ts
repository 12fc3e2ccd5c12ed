/**
 * Holds the socket of a display. Large messages take a browser about as long to receive as to draw, and drawing by
 * software blocks its thread: in two threads both go on at the same time.
 */
import '../zod-without-eval.ts'
import type { ConnectionEvent, ConnectionRequest } from './connection-messages.ts'
import { SocketConnection } from './socket-connection.ts'

let connection: SocketConnection | undefined
let epoch = 0

function post(event: ConnectionEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer })
}

function open(url: string, path: string): SocketConnection {
  return new SocketConnection(url, path, {
    onFrame: (message, packet) => post({ type: 'frame', message, packet, epoch }, [packet.buffer]),
    onSubscribe: () => post({ type: 'subscribed-anew' }),
    onConnection: (state) => post({ type: 'connection', connection: state }),
    onError: (error) => post({ type: 'error', error }),
  })
}

async function tellHostTime(id: number): Promise<void> {
  post({ type: 'host-time', id, hostTimeMs: await connection?.hostTimeMs() })
}

self.addEventListener('message', ({ data }: MessageEvent<ConnectionRequest>) => {
  switch (data.type) {
    case 'open':
      connection = open(data.url, data.path)
      return
    case 'subscribe':
      epoch = data.epoch
      return connection?.subscribe(data.subscription)
    case 'acknowledge':
      return connection?.acknowledge(data.frameId)
    case 'host-time':
      return void tellHostTime(data.id)
    case 'close':
      connection?.close()
      self.close()
  }
})
