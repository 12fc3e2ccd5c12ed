/** Connects pages to the engine: a port for calls and events (oRPC), and one for frames. */
import { RPCHandler } from '@orpc/server/message-port'
import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import { askMessage, portsMessage } from '../../src-shared/desktop-handshake.ts'
import { localCaller } from '../access/local-caller.ts'
import type { CallContext } from '../engine/call-context.ts'
import { router } from '../engine/router.ts'
import { type FramePort, PortFrameChannel } from './port-frame-channel.ts'

/** What the pages of the desktop app are served from. */
export type Microscope = Pick<CallContext, 'engine' | 'access' | 'share'>

type Options = {
  readonly contents: WebContents
  readonly microscope: Promise<Microscope>
  readonly host: HostInfo
  /** Where the app's page is from; no other page gets ports. */
  readonly origin: string
}

type Connection = { close(): void }

/** Pairs of ports a page may have: it asks again when it missed the first, and then uses only one. */
const mostConnections = 4
let viewers = 0

/** Gives the page in `contents` its ports when it has loaded, again after a reload, and whenever it asks. */
export function servePage({ contents, microscope, host, origin }: Options): void {
  const connections: Connection[] = []
  const disconnect = (): void => {
    for (const connection of connections.splice(0)) connection.close()
  }
  const connect = async (): Promise<void> => {
    const ready = await microscope
    if (contents.isDestroyed() || !isFrom(contents.getURL(), origin)) return
    if (connections.length === mostConnections) connections.shift()?.close()
    connections.push(openPorts(contents, ready, host))
  }
  // A microscope that does not start is reported where it is made.
  const connectOrLeave = (): void => void connect().catch(() => undefined)

  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) disconnect()
  })
  contents.on('render-process-gone', disconnect)
  contents.on('destroyed', disconnect)
  contents.on('did-finish-load', connectOrLeave)
  contents.ipc.on(askMessage.type, ({ senderFrame }) => {
    if (senderFrame === contents.mainFrame && isFrom(senderFrame.url, origin)) connectOrLeave()
  })
}

function openPorts(contents: WebContents, microscope: Microscope, host: HostInfo): Connection {
  const calls = new MessageChannelMain()
  const frames = new MessageChannelMain()
  new RPCHandler(router).upgrade(calls.port1, {
    context: { ...microscope, host, caller: localCaller },
  })
  calls.port1.start()
  viewers += 1
  const channel = new PortFrameChannel({
    port: framePort(frames.port1),
    engine: microscope.engine,
    viewerId: `window-${viewers}`,
  })
  frames.port1.start()
  contents.postMessage(portsMessage.type, undefined, [calls.port2, frames.port2])
  return {
    close: () => {
      calls.port1.close()
      channel.close()
    },
  }
}

function framePort(port: MessagePortMain): FramePort {
  return {
    postMessage: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  }
}

function isFrom(url: string, origin: string): boolean {
  return url.startsWith(`${origin}/`)
}
