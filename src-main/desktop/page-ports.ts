/** Connects pages to the engine: a port for calls and events (oRPC), and one for the frames of each display. */
import { RPCHandler } from '@orpc/server/message-port'
import {
  MessageChannelMain,
  type MessagePortMain,
  shell,
  type WebContents,
  type WebFrameMain,
} from 'electron'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import { askMessage, dragMessage, framesMessage, portsMessage } from '../../src-shared/desktop-handshake.ts'
import { localCaller } from '../access/local-caller.ts'
import type { CallContext } from '../engine/call-context.ts'
import { router } from '../engine/router.ts'
import { dragOut } from './drag-out.ts'
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

/** Ports for calls that a page may have: it asks again when it missed the first, and then uses only one. */
const mostCallPorts = 4
/** Ports for frames: more than the panes of a window, as those of panes that were closed end a little later. */
const mostFramePorts = 8
let viewers = 0

/**
 * Gives the page in `contents` its port for calls when it has loaded, again after a reload, and whenever it asks; and
 * sends frames to the ports that it gives us.
 */
export function servePage({ contents, microscope, host, origin }: Options): void {
  const calls = new Connections(mostCallPorts)
  const frames = new Connections(mostFramePorts)
  const disconnect = (): void => {
    calls.close()
    frames.close()
  }
  const isOurs = (frame: WebFrameMain | null): boolean =>
    frame === contents.mainFrame && isFrom(frame.url, origin)
  const connect = async (): Promise<void> => {
    const ready = await microscope
    if (contents.isDestroyed() || !isFrom(contents.getURL(), origin)) return
    const port = openCalls(contents, ready, host)
    calls.add(port, port)
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
    if (isOurs(senderFrame)) connectOrLeave()
  })
  contents.ipc.on(framesMessage.type, ({ senderFrame, ports: [port] }) => {
    if (!isOurs(senderFrame) || port === undefined) return
    microscope.then(
      (ready) => frames.add(port, openFrames(port, ready)),
      () => port.close(),
    )
  })
  contents.ipc.on(dragMessage.type, ({ senderFrame }, id: unknown) => {
    if (!isOurs(senderFrame) || typeof id !== 'string') return
    microscope
      .then(({ engine }) => dragOut(contents, engine.gallery, id))
      .catch((error: unknown) => {
        // The user sees that nothing is dragged.
        console.error(`${id} cannot be dragged out:`, error)
      })
  })
}

/** Connections of one kind, the oldest of which ends when there would be more than `most`. */
class Connections {
  readonly #most: number
  readonly #open: Connection[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Keeps `connection` until its port is closed, by either end. */
  add(port: MessagePortMain, connection: Connection): void {
    if (this.#open.length === this.#most) this.#open.shift()?.close()
    this.#open.push(connection)
    port.on('close', () => {
      const index = this.#open.indexOf(connection)
      if (index >= 0) this.#open.splice(index, 1)
    })
  }

  close(): void {
    for (const connection of this.#open.splice(0)) connection.close()
  }
}

function openCalls(contents: WebContents, microscope: Microscope, host: HostInfo): MessagePortMain {
  const calls = new MessageChannelMain()
  new RPCHandler(router).upgrade(calls.port1, {
    context: {
      ...microscope,
      host,
      caller: localCaller,
      reveal: (path: string) => shell.showItemInFolder(path),
    },
  })
  calls.port1.start()
  contents.postMessage(portsMessage.type, undefined, [calls.port2])
  return calls.port1
}

function openFrames(port: MessagePortMain, { engine }: Microscope): Connection {
  viewers += 1
  const channel = new PortFrameChannel({ port: framePort(port), engine, viewerId: `window-${viewers}` })
  port.start()
  return channel
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
