/**
 * The way between the microscope's server and its front servers: messages by socket.io's Redis adapter
 * (`serverSideEmit`), frames as values in Redis.
 *
 * Frames are not published as messages: Redis keeps what a slow subscriber has not read and drops the subscriber at
 * 32 MB, which are four frames of 4 megapixels. A value that each front fetches when it is ready for one costs the
 * same, and a slow front just skips.
 */
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient, RESP_TYPES } from 'redis'
import { Server } from 'socket.io'
import type { z } from 'zod'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { type FrontMessageName, type FrontMessages, frontMessages } from './front-messages.ts'

/** A frame is forgotten after this time, ms. */
const frameLifeMs = 5000
const retryMs = { first: 100, longest: 2000 } as const

const schemas: { readonly [Name in FrontMessageName]: z.ZodType<FrontMessages[Name]> } = frontMessages

/** Where Redis is. */
export type RedisOptions = {
  /** `redis://` or, encrypted, `rediss://`; with user and password where Redis asks for them. */
  readonly url: string
  /** Tells microscopes that share one Redis apart. */
  readonly channel: string
}

type Client = ReturnType<typeof newClient>
type Handlers = { [Name in FrontMessageName]: Emitter<FrontMessages[Name]> }

/**
 * Connects in the background and again whenever the connection is lost; what is sent meanwhile is dropped.
 * @throws CoverslipError INVALID_INPUT when the address cannot be one.
 */
export class RedisBus {
  /** Host and port, without user and password. */
  readonly place: string
  readonly #channel: string
  readonly #publisher: Client
  readonly #subscriber: Client
  /** Frames have a connection of their own, so that messages do not wait for them. */
  readonly #frames: Client
  readonly #changes = new Emitter<boolean>()
  readonly #handlers: Handlers
  #io: Server | undefined
  #up = false
  #closed = false

  constructor({ url, channel }: RedisOptions) {
    this.place = placeOf(url)
    this.#channel = channel
    this.#publisher = newClient(url)
    this.#subscriber = newClient(url)
    this.#frames = newClient(url)
    this.#handlers = {
      microscope: new Emitter(),
      frame_note: new Emitter(),
      revoked: new Emitter(),
      dismiss: new Emitter(),
      front: new Emitter(),
      taken: new Emitter(),
      front_leaves: new Emitter(),
      who: new Emitter(),
      who_answer: new Emitter(),
    }
    for (const client of this.#clients) {
      client.on('ready', () => this.#check())
      // Each failed attempt is an error event; what matters is whether there is a connection.
      client.on('error', () => this.#check())
      client.connect().catch(() => this.#check())
    }
  }

  get up(): boolean {
    return this.#up
  }

  /** Told when Redis can be used (true), and when not any more or not at all (false). */
  onChange(listener: (up: boolean) => void): () => void {
    return this.#changes.on(listener)
  }

  on<Name extends FrontMessageName>(name: Name, listener: (message: FrontMessages[Name]) => void): void {
    this.#handlers[name].on(listener)
  }

  send<Name extends FrontMessageName>(name: Name, message: FrontMessages[Name]): void {
    if (this.#up) this.#io?.serverSideEmit(name, message)
  }

  /** Keeps a frame in place of the last one of `key`. @throws Error when Redis is away. */
  async store(key: string, note: string, packet: Uint8Array<ArrayBuffer>): Promise<void> {
    const name = this.#keyOf(key)
    const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
    await this.#frames
      .multi()
      .addCommand(['HSET', name, 'note', note, 'packet', bytes])
      .pExpire(name, frameLifeMs)
      .exec()
  }

  /** The newest frame of `key`; undefined when there is none. @throws Error when Redis is away. */
  async fetch(key: string): Promise<{ note: string; packet: Uint8Array<ArrayBuffer> } | undefined> {
    const reply = await this.#frames
      .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
      .hmGet(this.#keyOf(key), ['note', 'packet'])
    const [note, packet] = reply
    if (!Buffer.isBuffer(note) || !Buffer.isBuffer(packet) || !(packet.buffer instanceof ArrayBuffer))
      return undefined
    return {
      note: note.toString('utf8'),
      packet: new Uint8Array(packet.buffer, packet.byteOffset, packet.byteLength),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#up = false
    // What was sent last (a farewell) is still delivered.
    const connected = this.#clients.filter(({ isReady }) => isReady)
    await Promise.allSettled(connected.map((client) => client.close()))
    for (const client of this.#clients) if (client.isOpen) client.destroy()
  }

  get #clients(): Client[] {
    return [this.#publisher, this.#subscriber, this.#frames]
  }

  #check(): void {
    const up = !this.#closed && this.#clients.every(({ isReady }) => isReady)
    if (up && this.#io === undefined) this.#io = this.#listen()
    const changed = up !== this.#up
    this.#up = up
    if (!this.#closed && (changed || !up)) this.#changes.emit(up)
  }

  /** A socket.io server without sockets: only its servers' messages are used. */
  #listen(): Server {
    const publisher = this.#publisher
    // The adapter leaves its promises alone: what fails here shows as a lost connection.
    const unheard = () => undefined
    const publishing = {
      pSubscribe: unheard,
      publish: (channel: string, message: string) => {
        if (publisher.isReady) publisher.publish(channel, message).catch(unheard)
      },
      on: unheard,
      off: unheard,
    }
    const io = new Server({
      serveClient: false,
      adapter: createAdapter(publishing, this.#subscriber, { key: this.#channel }),
    })
    for (const name of Object.keys(frontMessages) as FrontMessageName[]) this.#hear(io, name)
    return io
  }

  #hear<Name extends FrontMessageName>(io: Server, name: Name): void {
    const emitter = this.#handlers[name]
    // Other servers' messages are this one's events; the types of socket.io know only its own.
    io.of('/').addListener(name, (message: unknown) => {
      const parsed = schemas[name].safeParse(message)
      if (parsed.success) emitter.emit(parsed.data)
      else console.warn(`Redis: a message "${name}" was not understood; are all servers of one version?`)
    })
  }

  #keyOf(key: string): string {
    return `${this.#channel}:frame:${key}`
  }
}

function newClient(url: string) {
  return createClient({
    url,
    // Subscriptions and the adapter's messages come as RESP 2 knows them.
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: 5000,
    socket: {
      connectTimeout: 3000,
      reconnectStrategy: (retries) => Math.min(retryMs.first * 2 ** Math.min(retries, 10), retryMs.longest),
    },
  })
}

function placeOf(url: string): string {
  if (URL.canParse(url)) {
    const { protocol, hostname, port } = new URL(url)
    if (/^rediss?:$/.test(protocol) && hostname !== '') return `${hostname}:${port === '' ? 6379 : port}`
  }
  throw new CoverslipError('INVALID_INPUT', 'The address of Redis is not valid', {
    hint: 'It looks like redis://host:6379, or rediss://user:password@host:6379 for an encrypted connection.',
  })
}
