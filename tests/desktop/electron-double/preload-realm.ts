/**
 * What runs in a page before the page's own scripts: Electron's side of the preload, and the built preload. Messages to
 * the page are answers to its `next` requests (length of the JSON, the JSON, the bytes it refers to); its own are posts.
 */
export type WireMessage =
  | {
      readonly type: 'ipc'
      readonly channel: string
      readonly message: unknown
      readonly ports: readonly number[]
    }
  | { readonly type: 'port'; readonly id: number; readonly data: unknown }
  | { readonly type: 'close'; readonly id: number }

/** A message as bytes, byte arrays in it as they are. */
export function pack(message: WireMessage): Buffer {
  const parts: Uint8Array[] = []
  const replace = (_key: string, value: unknown): unknown =>
    value instanceof Uint8Array ? { $bytes: parts.push(value) && value.length } : value
  const json = Buffer.from(JSON.stringify(message, replace))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  return Buffer.concat([length, json, ...parts])
}

/** For the page's own world: takes what `contextBridge` exposes (plain data only), and leaves no trace. */
export const mainWorldSource = `addEventListener('electron-double-expose', ({ detail: { key, value } }) =>
  Object.defineProperty(window, key, { value: Object.freeze(JSON.parse(value)), enumerable: true }))`

/** For the isolated world: `preload` (a CommonJS bundle) with a `require` that knows `electron` only. */
export function isolatedWorldSource(preload: string): string {
  return `((electron) => {
  const require = (name) => { if (name === 'electron') return electron; throw new Error('module not found: ' + name) }
  ;((require, module, exports) => {${preload}\n})(require, { exports: {} }, {})
})((${connect.toString()})())`
}

type Listener = (event: { readonly ports: readonly MessagePort[] }, message: unknown) => void

/** Runs in the page; knows nothing of this module. */
function connect() {
  const ports = new Map<number, MessagePort>()
  const listeners = new Map<string, Listener>()
  let sending: Promise<unknown> = Promise.resolve()
  const send = (message: WireMessage): void => {
    sending = sending.then(() =>
      fetch('/electron-double/post', { method: 'POST', body: JSON.stringify(message) }),
    )
  }
  const relay = (id: number, port: MessagePort): void => {
    ports.set(id, port)
    port.onmessage = ({ data }) => send({ type: 'port', id, data })
    port.addEventListener('close', () => send({ type: 'close', id }))
  }
  const openPort = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel()
    relay(id, port1)
    return port2
  }
  const unpack = (packed: ArrayBuffer): WireMessage => {
    let offset = 4 + new DataView(packed).getUint32(0, true)
    return JSON.parse(new TextDecoder().decode(packed.slice(4, offset)), (_key, value) => {
      if (typeof value !== 'object' || value === null || typeof value.$bytes !== 'number') return value
      offset += value.$bytes
      return new Uint8Array(packed.slice(offset - value.$bytes, offset))
    })
  }
  const receive = async (): Promise<void> => {
    for (let path = 'first'; ; path = 'next') {
      const message = unpack(await (await fetch(`/electron-double/${path}`)).arrayBuffer())
      if (message.type === 'port') ports.get(message.id)?.postMessage(message.data)
      else if (message.type === 'close') ports.get(message.id)?.close()
      else listeners.get(message.channel)?.({ ports: message.ports.map(openPort) }, message.message)
    }
  }
  void receive()
  return {
    contextBridge: {
      exposeInMainWorld: (key: string, value: unknown) =>
        dispatchEvent(
          new CustomEvent('electron-double-expose', { detail: { key, value: JSON.stringify(value) } }),
        ),
    },
    ipcRenderer: {
      on: (channel: string, listener: Listener) => void listeners.set(channel, listener),
      send: (channel: string, message: unknown) => send({ type: 'ipc', channel, message, ports: [] }),
      postMessage: (channel: string, message: unknown, transfer: readonly MessagePort[]) => {
        // The ids of the main process' ports count from 0.
        const ids = transfer.map((_, index) => -1 - ports.size - index)
        send({ type: 'ipc', channel, message, ports: ids })
        for (const [index, port] of transfer.entries()) relay(ids[index] ?? 0, port)
      },
    },
  }
}
