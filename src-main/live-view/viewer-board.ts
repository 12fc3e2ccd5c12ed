import { type Role, isGuest, usesToken } from '../../src-shared/access.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { ViewerClient, ViewerInfo } from '../../src-shared/viewers.ts'

/** Who is at the other end of a connection, whatever carries it. */
export type ViewerIdentity = {
  /** Unique among all connections of the engine. */
  readonly id: string
  /** `Caller.id` of who watches: the same for all his connections. */
  readonly callerId: string
  readonly label: string
  readonly role: Role
  readonly address: string
  readonly client: ViewerClient
  /** Ends the connection from this side. */
  disconnect(): void
}

/** What a viewer has received since it began. */
export type ViewerCounts = {
  readonly frames: number
  readonly bytes: number
  readonly skipped: number
  readonly roundTripMs?: number
}

/** A stream that somebody begins to watch. */
export type Watching = {
  readonly viewer: ViewerIdentity
  readonly detectorName: string
  /** Read each time, as a subscription may go over to another protocol; undefined while nothing streams. */
  protocol(): Protocol | undefined
  counts(): ViewerCounts
}

type Entry = {
  readonly watching: Watching
  readonly connectedAt: number
  last: { readonly atMs: number; readonly frames: number; readonly bytes: number }
  rates: { readonly fps: number; readonly bytesPerSecond: number }
}

const everyMs = 1000

/** All who watch live streams, with their rates once a second. Nothing runs while nobody watches. */
export class ViewerBoard {
  readonly #entries = new Map<string, Entry>()
  readonly #changes = new Emitter<readonly ViewerInfo[]>()
  #timer: NodeJS.Timeout | undefined

  /** Told once a second while somebody watches, and when the last has left. */
  on(listener: (viewers: readonly ViewerInfo[]) => void): () => void {
    return this.#changes.on(listener)
  }

  /** Somebody begins to watch; returns what ends it. */
  join(watching: Watching): () => void {
    const id = `${watching.viewer.id}/${watching.detectorName}`
    const entry: Entry = {
      watching,
      connectedAt: Date.now(),
      last: { atMs: performance.now(), frames: 0, bytes: 0 },
      rates: { fps: 0, bytesPerSecond: 0 },
    }
    this.#entries.set(id, entry)
    this.#timer ??= setInterval(() => this.#measure(), everyMs).unref()
    return () => {
      if (this.#entries.get(id) !== entry) return
      this.#entries.delete(id)
      if (this.#entries.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
      this.#changes.emit([])
    }
  }

  /** Everybody, or what the caller `callerId` watches. */
  list(callerId?: string): ViewerInfo[] {
    return [...this.#entries].flatMap(([id, { watching, connectedAt, rates }]) => {
      const { viewer, detectorName } = watching
      const protocol = watching.protocol()
      const { label, role, address, client } = viewer
      const { skipped, roundTripMs } = watching.counts()
      const trip = roundTripMs === undefined ? {} : { roundTripMs }
      // Who waits for a stream to begin does not watch one.
      if (protocol === undefined) return []
      if (callerId !== undefined && viewer.callerId !== callerId) return []
      const who = { id, label, role, address, client }
      return [{ ...who, detectorName, protocol, connectedAt, ...rates, skipped, ...trip }]
    })
  }

  /**
   * Ends the connection of the entry `viewerId`.
   * @throws CoverslipError UNKNOWN_VIEWER.
   */
  disconnect(viewerId: string): void {
    const entry = this.#entries.get(viewerId)
    if (entry === undefined) {
      throw new CoverslipError('UNKNOWN_VIEWER', `There is no viewer ${viewerId}`, {
        hint: 'It may have left already; list the viewers again.',
      })
    }
    entry.watching.viewer.disconnect()
  }

  /** Ends all that the users of a token watch. */
  disconnectUsersOf(tokenId: string): void {
    for (const { watching } of [...this.#entries.values()]) {
      if (usesToken(watching.viewer.callerId, tokenId)) watching.viewer.disconnect()
    }
  }

  /** Ends all that others than this computer's own programs watch. */
  disconnectGuests(): void {
    for (const { watching } of [...this.#entries.values()]) {
      if (isGuest(watching.viewer.callerId)) watching.viewer.disconnect()
    }
  }

  #measure(): void {
    const atMs = performance.now()
    for (const entry of this.#entries.values()) {
      const { frames, bytes } = entry.watching.counts()
      const seconds = Math.max(1, atMs - entry.last.atMs) / 1000
      // A subscription that went over to another stream counts anew.
      entry.rates = {
        fps: Math.max(0, frames - entry.last.frames) / seconds,
        bytesPerSecond: Math.max(0, bytes - entry.last.bytes) / seconds,
      }
      entry.last = { atMs, frames, bytes }
    }
    this.#changes.emit(this.list())
  }
}
