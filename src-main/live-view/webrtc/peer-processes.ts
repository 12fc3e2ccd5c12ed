/**
 * The peer processes of a stream. The WebRTC library keeps some 4 MB of every connection that it has made, so a process
 * serves a number of them only: then a successor is started, which takes all further viewers, while those who are
 * connected stay with theirs, which ends with the last of them. All are fed with the same frames.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type OutgoingFrame, PeerChild, type PeerProcessEnd, processStarts } from './peer-child.ts'
import type { PeerCall, PeerEvent, VideoSettings } from './peer-messages.ts'
import { notInstalledCode } from './peer-process-facts.ts'
import { webrtcPackage } from './webrtc-library.ts'

/** Connections that a process makes before another takes its place. */
const defaultMaxServed = 25
/**
 * Processes that were replaced and still have viewers. With one more, that with the fewest is ended; they connect
 * again, and find the newest.
 */
const maxDraining = 3
/** A process that lives this long did not die of its start; the next one is started at once. */
const healthyMs = 10_000
const restartMs = { first: 200, most: 10_000 }

type Options = {
  settings: VideoSettings
  /** The processes' program, and how many connections each makes; for tests. */
  readonly script?: string
  readonly maxServed?: number
  tell(event: PeerEvent): void
  /** A process died, or cannot be started. */
  fault(error: CoverslipError): void
  /** Another frame may be sent. */
  ready(): void
}

/** Keeps a process running until it is closed, and leaves none behind. */
export class PeerProcesses {
  readonly #options: Options
  /** Takes new viewers; undefined while it is to be started again. */
  #current: PeerChild | undefined
  /** Will be the current one when it has started. */
  #successor: PeerChild | undefined
  /** Have viewers, and take no more. */
  readonly #draining = new Set<PeerChild>()
  readonly #ending = new Set<Promise<void>>()
  #restarts = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    this.#current = this.#start()
  }

  /** Viewers that are connected. */
  get viewers(): number {
    return this.#all().reduce((sum, { viewers }) => sum + viewers, 0)
  }

  /** Some process could take a frame for its viewers now. */
  get hasRoom(): boolean {
    return this.#all().some(({ wantsFrame }) => wantsFrame)
  }

  /** Gives a frame to the viewers of all processes, but for those that are behind. */
  send(frame: OutgoingFrame): void {
    const takers = this.#all().filter(({ wantsFrame }) => wantsFrame)
    let left = takers.length
    if (left === 0) return frame.sent()
    const sent = () => {
      left -= 1
      if (left === 0) frame.sent()
    }
    for (const child of takers) child.send({ ...frame, sent })
  }

  call(call: PeerCall): void {
    const { peerId } = call.request
    const child = this.#all().find((one) => one.knows(peerId)) ?? this.#current
    if (child !== undefined) return child.call(call)
    this.#options.tell({ type: 'refused', call: call.call, error: processStarts().serialize() })
  }

  change(settings: VideoSettings): void {
    this.#options.settings = settings
    for (const child of this.#all()) child.change(settings)
  }

  /** Ends all processes, and resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const child of this.#all()) this.#end(child)
    await Promise.all(this.#ending)
  }

  #all(): PeerChild[] {
    const newest = [this.#current, this.#successor].filter((child) => child !== undefined)
    return [...this.#draining, ...newest]
  }

  #start(): PeerChild {
    const { settings, script, ready } = this.#options
    const startedMs = performance.now()
    const child: PeerChild = new PeerChild({
      settings,
      script,
      ready,
      tell: (event) => {
        this.#options.tell(event)
        if (event.type === 'reply') this.#replaceSoon(child)
        if (this.#draining.has(child) && child.isUnused) this.#end(child)
      },
      started: () => {
        if (child === this.#successor) this.#succeed(child)
      },
      ended: (end) => this.#ended(child, { ...end, livedMs: performance.now() - startedMs }),
    })
    return child
  }

  #replaceSoon(child: PeerChild): void {
    const { maxServed = defaultMaxServed } = this.#options
    if (this.#isClosed || child !== this.#current || child.served < maxServed) return
    this.#successor ??= this.#start()
  }

  /** Until now the old process served on, so that nobody had to wait for the new one. */
  #succeed(child: PeerChild): void {
    const old = this.#current
    this.#current = child
    this.#successor = undefined
    if (old === undefined) return
    if (old.isUnused) return this.#end(old)
    // Not the one that was current until now: viewers of it may be connecting.
    const [fewest] = [...this.#draining].toSorted((a, b) => a.viewers - b.viewers)
    this.#draining.add(old)
    if (fewest === undefined || this.#draining.size <= maxDraining) return
    // Without a farewell, which would tell its viewers that somebody wants them to leave.
    fewest.kill()
    this.#end(fewest)
  }

  #end(child: PeerChild): void {
    this.#draining.delete(child)
    const ending = child.stop().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #ended(child: PeerChild, { how, code, livedMs }: PeerProcessEnd & { readonly livedMs: number }): void {
    const wasDraining = this.#draining.delete(child)
    const wasSuccessor = child === this.#successor
    if (wasSuccessor) this.#successor = undefined
    if (this.#isClosed || (!wasDraining && !wasSuccessor && child !== this.#current)) return
    this.#options.fault(code === notInstalledCode ? notInstalled() : died(how))
    if (child !== this.#current) return
    this.#current = this.#successor
    this.#successor = undefined
    if (this.#current !== undefined) return
    this.#restarts = livedMs > healthyMs ? 0 : this.#restarts + 1
    const waitMs = Math.min(restartMs.most, restartMs.first * 2 ** this.#restarts)
    this.#timer = setTimeout(() => {
      this.#current = this.#start()
    }, waitMs)
  }
}

const died = (how: string) =>
  new CoverslipError('INTERNAL', `The process that sends video ended (${how}) and is started again`, {
    hint: 'Viewers must connect again.',
  })

const notInstalled = () =>
  new CoverslipError('PROTOCOL_UNAVAILABLE', `The package ${webrtcPackage} cannot be loaded`, {
    hint: `Install the optional package ${webrtcPackage}, or choose another protocol.`,
  })
