import type { Server } from 'node:http'
import type { Socket } from 'node:net'

type Connection = {
  /** Of TCP, also where TLS runs over it. */
  readonly socket: Socket
  /** Requests that are being answered; an upgraded connection (WebSocket) has one for ever. */
  requests: number
}

/** Which connections to a server wait for a request: none has come, half of one, or the last one is answered. */
export class IdleConnections {
  /** By address, then port; whose last request is longest ago comes first. */
  readonly #open = new Map<string, Map<number, Connection>>()

  constructor(server: Server) {
    server.on('request', ({ socket }, response) => {
      this.#count(socket, 1)
      response.once('close', () => this.#count(socket, -1))
    })
    server.on('upgrade', ({ socket }) => this.#count(socket, 1))
  }

  /** A new connection, as the server's event `connection` gives it. */
  add(socket: Socket): void {
    const [address, port] = endOf(socket)
    const connections = this.#open.get(address) ?? new Map<number, Connection>()
    this.#open.set(address, connections.set(port, { socket, requests: 0 }))
    socket.once('close', () => {
      if (connections.get(port)?.socket === socket) connections.delete(port)
      if (connections.size === 0) this.#open.delete(address)
    })
  }

  /** Takes out that of `address` which has waited for the longest. */
  takeLongest(address: string): Socket | undefined {
    for (const [port, { socket, requests }] of this.#open.get(address) ?? []) {
      if (requests > 0) continue
      this.#open.get(address)?.delete(port)
      return socket
    }
    return undefined
  }

  #count(socket: Socket, by: 1 | -1): void {
    const [address, port] = endOf(socket)
    const connections = this.#open.get(address)
    const connection = connections?.get(port)
    if (connections === undefined || connection === undefined) return
    connection.requests += by
    connections.delete(port)
    connections.set(port, connection)
  }
}

/** The other end, by which the socket of TLS and that of TCP beneath it are known as one. */
const endOf = ({ remoteAddress = '', remotePort = 0 }: Socket) => [remoteAddress, remotePort] as const
