/** What is known of a plane that was asked for. */
export type FetchedPlane =
  /** `growing`: more may come to be in it when the file has grown. */
  | { readonly kind: 'packet'; readonly packet: Blob; readonly growing?: boolean }
  /** Not in the file: skipped, lost, or still to come. */
  | { readonly kind: 'absent'; readonly message: string }

/** What an entry counts for besides its packet, bytes. */
const entryBytes = 200

const bytesOf = (plane: FetchedPlane) => entryBytes + (plane.kind === 'packet' ? plane.packet.size : 0)

/** Planes as they came (compressed), at most `limitBytes` of them: those that were used longest ago go first. */
export class PlaneCache {
  readonly limitBytes: number
  readonly #planes = new Map<string, FetchedPlane>()
  #bytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  has(key: string): boolean {
    return this.#planes.has(key)
  }

  /** The plane, which counts as used now. */
  get(key: string): FetchedPlane | undefined {
    const plane = this.#planes.get(key)
    if (plane === undefined) return undefined
    this.#planes.delete(key)
    this.#planes.set(key, plane)
    return plane
  }

  /** Keeps a plane. One that is larger than the limit is kept alone. */
  set(key: string, plane: FetchedPlane): void {
    this.#forget(key)
    this.#planes.set(key, plane)
    this.#bytes += bytesOf(plane)
    for (const oldest of this.#planes.keys()) {
      if (this.#bytes <= this.limitBytes || oldest === key) break
      this.#forget(oldest)
    }
  }

  /** Forgets what may be otherwise once the file has grown. */
  forgetUnfinished(): void {
    for (const [key, plane] of this.#planes)
      if (plane.kind === 'absent' || plane.growing === true) this.#forget(key)
  }

  clear(): void {
    this.#planes.clear()
    this.#bytes = 0
  }

  #forget(key: string): void {
    const plane = this.#planes.get(key)
    if (plane === undefined) return
    this.#planes.delete(key)
    this.#bytes -= bytesOf(plane)
  }
}
