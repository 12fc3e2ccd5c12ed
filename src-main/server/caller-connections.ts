import type { Socket } from 'node:net'
import { usesToken } from '../../src-shared/access.ts'

/** Open sockets by caller, so that whoever loses access is cut off whatever he has open: requests, events, frames. */
export class CallerConnections {
  readonly #sockets = new Map<string, Set<Socket>>()

  /** `socket` carries a request of the caller. One that carries several callers' (a proxy's) ends with any of them. */
  add(callerId: string, socket: Socket): void {
    const sockets = this.#sockets.get(callerId) ?? new Set()
    if (sockets.has(socket) || socket.destroyed) return
    this.#sockets.set(callerId, sockets)
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0 && this.#sockets.get(callerId) === sockets) this.#sockets.delete(callerId)
    })
  }

  /** Cuts off all who use a token. */
  end(tokenId: string): void {
    const ended = [...this.#sockets].filter(([callerId]) => usesToken(callerId, tokenId))
    for (const socket of ended.flatMap(([, sockets]) => [...sockets])) socket.destroy()
  }
}
