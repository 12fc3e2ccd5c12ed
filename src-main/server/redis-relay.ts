/**
 * The microscope's side of front servers (`front.ts`): gives Redis each frame once, while a front has viewers for it,
 * and tells fronts whose access token is valid. Fronts are viewers like others: slow ones skip, and what happens to
 * Redis or to them touches no local viewer.
 */
import { generateKeyPair, privateDecrypt, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { ActiveStream } from '../../src-shared/live-view.ts'
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import type { Access } from '../access/access.ts'
import type { Engine } from '../engine/create-engine.ts'
import {
  type FrontMessages,
  heartbeatMs,
  type RelayedStreamName,
  silenceMs,
  streamKeyOf,
} from './front-messages.ts'
import { RateLimit } from '../access/rate-limit.ts'
import { RedisBus, type RedisOptions } from './redis-bus.ts'
import { RelayedStream } from './relayed-stream.ts'

/** Token questions that are answered per second, of all fronts together: each costs about a millisecond. */
const questionsPerSecond = 100
const alertId = 'redis'

type RelayOptions = {
  readonly engine: Pick<Engine, 'alerts' | 'devices' | 'frames' | 'liveView' | 'viewers'>
  readonly access: Access
  readonly redis: RedisOptions
  /** At most so many frames per second and stream go to Redis. */
  readonly framesPerSecond?: number
}

type Watch = { frames: number; bytes: number; skipped: number; last: number; leave(): void }

type Front = {
  readonly id: string
  name: string
  viewers: number
  seenMs: number
  /** Stream key → what it has fetched. */
  readonly watches: Map<string, Watch>
}

/**
 * Begins to relay; Redis may come later, or go and come back (an alert says when it is away).
 * @throws CoverslipError INVALID_INPUT when the address of Redis cannot be one.
 */
export async function relayFrames(options: RelayOptions): Promise<{ close(): Promise<void> }> {
  const bus = new RedisBus(options.redis)
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const relay = new Relay(options, bus, { publicKey: key, privateKey })
  return { close: () => relay.close() }
}

class Relay {
  readonly #options: RelayOptions
  readonly #bus: RedisBus
  readonly #keys: { readonly publicKey: string; readonly privateKey: KeyObject }
  readonly #fronts = new Map<string, Front>()
  readonly #streams = new Map<string, RelayedStream>()
  readonly #questions = new RateLimit(questionsPerSecond)
  readonly #ends: (() => void)[]
  readonly #timer: NodeJS.Timeout

  constructor(
    options: RelayOptions,
    bus: RedisBus,
    keys: { readonly publicKey: string; readonly privateKey: KeyObject },
  ) {
    this.#options = options
    this.#bus = bus
    this.#keys = keys
    bus.on('front', (message) => this.#hear(message))
    bus.on('taken', (message) => this.#taken(message))
    bus.on('front_leaves', ({ front }) => this.#forget(front))
    bus.on('who', (question) => this.#answer(question))
    const { liveView } = options.engine
    this.#ends = [
      bus.onChange((up) => this.#redisChanged(up)),
      liveView.on(({ type }) => {
        if (type === 'streamStarted' || type === 'streamStopped') this.#streamsChanged()
      }),
      options.access.onRevoked((tokenIds) => bus.send('revoked', { tokenIds: [...tokenIds] })),
    ]
    this.#timer = setInterval(() => this.#beat(), heartbeatMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const end of this.#ends) end()
    for (const front of [...this.#fronts.keys()]) this.#forget(front)
    await this.#bus.close()
  }

  #redisChanged(up: boolean): void {
    const { alerts } = this.#options.engine
    if (up) {
      alerts.clear(alertId)
      this.#announce()
      return
    }
    for (const front of [...this.#fronts.keys()]) this.#forget(front)
    alerts.raise({
      id: alertId,
      severity: 'warning',
      source: 'Redis',
      message: `Redis at ${this.#bus.place} cannot be reached: front servers show no pictures`,
      hint: 'Viewers who are connected to this computer are not affected. Start Redis again, or check --redis.',
    })
  }

  #beat(): void {
    const oldestMs = performance.now() - silenceMs
    for (const { id, seenMs } of [...this.#fronts.values()]) if (seenMs < oldestMs) this.#forget(id)
    this.#announce()
  }

  #streamsChanged(): void {
    this.#follow()
    this.#announce()
  }

  #announce(): void {
    const { devices } = this.#options.engine
    const cameras = devices.devices().filter(({ description }) => description.kind === 'camera')
    this.#bus.send('microscope', {
      hostTimeMs: unixNowMs(),
      cameras: cameras.map(({ id, description }) => ({ id, name: description.name })),
      streams: this.#running(),
      publicKey: this.#keys.publicKey,
    })
  }

  /** Streams that come through the hub. */
  #running(): RelayedStreamName[] {
    return this.#options.engine.liveView
      .getActiveStreams()
      .filter(({ protocol }: ActiveStream) => protocol !== 'webrtc')
      .map(({ detectorName, protocol, startedAt }) => ({ detectorName, protocol, startedAt }))
  }

  #hear({ front: id, name, viewers, demands }: FrontMessages['front']): void {
    const front = this.#fronts.get(id) ?? { id, name, viewers, seenMs: 0, watches: new Map() }
    this.#fronts.set(id, front)
    front.name = name
    front.viewers = viewers
    front.seenMs = performance.now()
    const running = new Map(this.#running().map((stream) => [streamKeyOf(stream), stream]))
    const wanted = demands.filter(
      (demand) => running.get(streamKeyOf(demand))?.startedAt === demand.startedAt,
    )
    const keys = new Set(wanted.map(streamKeyOf))
    for (const key of front.watches.keys()) if (!keys.has(key)) this.#unwatch(front, key)
    for (const demand of wanted) if (!front.watches.has(streamKeyOf(demand))) this.#watch(front, demand)
    this.#follow()
    for (const demand of wanted) {
      const relayed = this.#streams.get(streamKeyOf(demand))
      relayed?.taken(demand.taken)
      if (demand.waiting) relayed?.awaited()
    }
  }

  #taken({ front: id, frameId, bytes, ...stream }: FrontMessages['taken']): void {
    const key = streamKeyOf(stream)
    const relayed = this.#streams.get(key)
    if (relayed === undefined || relayed.stream.startedAt !== stream.startedAt) return
    relayed.taken(frameId)
    const watch = this.#fronts.get(id)?.watches.get(key)
    if (watch === undefined || frameId <= watch.last) return
    watch.frames += 1
    watch.bytes += bytes
    if (watch.last >= 0) watch.skipped += frameId - watch.last - 1
    watch.last = frameId
  }

  /** A front appears among the viewers. */
  #watch(front: Front, { detectorName, protocol }: RelayedStreamName): void {
    const watch: Watch = { frames: 0, bytes: 0, skipped: 0, last: -1, leave: () => undefined }
    const leave = this.#options.engine.viewers.join({
      viewer: {
        id: `front/${front.id}/${protocol}`,
        get label() {
          return `${front.name} (${front.viewers})`
        },
        role: 'viewer',
        callerId: `front/${front.id}`,
        address: '',
        client: 'front',
        disconnect: () => this.#bus.send('dismiss', { front: front.id }),
      },
      detectorName,
      protocol: () => protocol,
      counts: () => watch,
    })
    front.watches.set(streamKeyOf({ detectorName, protocol }), Object.assign(watch, { leave }))
  }

  #unwatch(front: Front, key: string): void {
    front.watches.get(key)?.leave()
    front.watches.delete(key)
  }

  #forget(id: string): void {
    const front = this.#fronts.get(id)
    if (front === undefined) return
    for (const key of [...front.watches.keys()]) this.#unwatch(front, key)
    this.#fronts.delete(id)
    this.#follow()
  }

  /** Relays what runs and is wanted, and nothing else. */
  #follow(): void {
    const wanted = new Set([...this.#fronts.values()].flatMap(({ watches }) => [...watches.keys()]))
    const running = new Map(this.#running().map((stream) => [streamKeyOf(stream), stream]))
    for (const [key, { stream }] of [...this.#streams]) {
      if (wanted.has(key) && running.get(key)?.startedAt === stream.startedAt) continue
      this.#streams.get(key)?.close()
      this.#streams.delete(key)
    }
    for (const [key, stream] of running) {
      if (!wanted.has(key) || this.#streams.has(key)) continue
      const hub = this.#options.engine.frames
      const framesPerSecond = this.#options.framesPerSecond ?? 30
      this.#streams.set(key, new RelayedStream({ stream, hub, bus: this.#bus, framesPerSecond }))
    }
  }

  #answer({ front, ask, secret, client }: FrontMessages['who']): void {
    // No answer is no refusal: the front asks again, and nobody is sent away.
    if (!this.#questions.allows(performance.now())) return
    const caller = this.#options.access.identify(this.#decrypt(secret), client)
    this.#bus.send('who_answer', { front, ask, ...(caller === undefined ? {} : { caller }) })
  }

  /** Empty when it was not encrypted for this server. */
  #decrypt(secret: string): string {
    try {
      const key = { key: this.#keys.privateKey, oaepHash: 'sha256' }
      return privateDecrypt(key, Buffer.from(secret, 'base64')).toString('utf8')
    } catch {
      // Made up, or meant for the server that ran here before: an invalid token like any other.
      return ''
    }
  }
}
