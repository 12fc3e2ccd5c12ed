import { connect, type Socket } from 'node:net'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { protocolError } from './indi-error.ts'
import type { IndiBlob, IndiMessage, IndiVector } from './indi-message.ts'
import { MessageReader } from './message-reader.ts'
import { getProperties } from './message-writer.ts'
import { PropertyStore } from './property-store.ts'
import { XmlStream } from './xml-stream.ts'

/** What a server has told. */
export type IndiEvent =
  /** A property was defined, or it (or its values) changed or is gone; without a name: the device is gone. */
  | {
      readonly type: 'define' | 'set' | 'delete'
      readonly device: string
      readonly name: string | undefined
    }
  | { readonly type: 'blob'; readonly blob: IndiBlob }
  /** The connection has ended; nothing follows. */
  | { readonly type: 'lost'; readonly error: CoverslipError }

/** Where an INDI server listens. */
export type ServerAddress = { readonly host: string; readonly port: number }

/** Reading from the socket goes into one piece of memory of this size, bytes. */
const readBytes = 256 * 1024

/** One connection to an INDI server: what it has told so far, and what is sent to it. */
export class IndiClient {
  readonly #title: string
  readonly #store = new PropertyStore()
  readonly #events = new Emitter<IndiEvent>()
  readonly #blobLimits = new Map<string, number>()
  /** What a device has said last in words. */
  readonly #notes = new Map<string, string>()
  readonly #reader = new MessageReader({
    message: (message) => this.#take(message),
    blob: (blob) => this.#events.emit({ type: 'blob', blob }),
    blobLimit: (device, vector) => this.#blobLimits.get(blobKey(device, vector)) ?? 0,
    now: () => process.hrtime.bigint(),
  })
  readonly #stream = new XmlStream(this.#reader)
  readonly #socket: Socket
  #lost: CoverslipError | undefined
  #wasConnected = false
  #closed = false

  private constructor({ host, port }: ServerAddress) {
    this.#title = `${host}:${port}`
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 10_000,
      onread: {
        buffer: Buffer.alloc(readBytes),
        callback: (count, buffer) => {
          this.#read(buffer.subarray(0, count))
          return true
        },
      },
    })
    this.#socket.on('error', (error) => this.#end(this.#connectionError(error.message, error)))
    this.#socket.on('close', () => this.#end(this.#connectionError('it closed the connection')))
  }

  /**
   * Connects and asks for all properties.
   * @throws CoverslipError DEVICE_UNAVAILABLE when nothing answers at the address within `timeoutMs`.
   */
  static connect(address: ServerAddress, timeoutMs: number): Promise<IndiClient> {
    const client = new IndiClient(address)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => client.#end(client.#connectionError(`it does not answer within ${timeoutMs / 1000} s`)),
        timeoutMs,
      )
      const stop = client.on((event) => {
        if (event.type !== 'lost') return
        clearTimeout(timer)
        reject(event.error)
      })
      client.#socket.once('connect', () => {
        clearTimeout(timer)
        stop()
        client.#wasConnected = true
        client.send(getProperties())
        resolve(client)
      })
    })
  }

  /** @throws CoverslipError with which the connection has ended, if it has. */
  throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost
  }

  on(listener: (event: IndiEvent) => void): () => void {
    return this.#events.on(listener)
  }

  devices(): readonly string[] {
    return this.#store.devices()
  }

  /** The properties of a device, in the order of their definition. */
  vectors(device: string): readonly IndiVector[] {
    return this.#store.vectors(device)
  }

  vector(device: string, name: string): IndiVector | undefined {
    return this.#store.vector(device, name)
  }

  /** Takes BLOBs of this property, up to `limit` bytes each; others are passed over. */
  takeBlobs(device: string, vector: string, limit: number): void {
    this.#blobLimits.set(blobKey(device, vector), limit)
  }

  /** What the device has said last, as `: words`; empty when it has said nothing since `forgetNote`. */
  note(device: string): string {
    const note = this.#notes.get(device)
    return note === undefined ? '' : `: ${note}`
  }

  forgetNote(device: string): void {
    this.#notes.delete(device)
  }

  send(xml: string): void {
    if (this.#lost === undefined && !this.#closed) this.#socket.write(xml)
  }

  /**
   * Waits until `probe` gives something, looked at now and after each event; after `timeoutMs`, `late` decides.
   * @throws the error with which the connection ends; what `probe` and `late` throw.
   */
  until<Value>(
    probe: (event?: IndiEvent) => Value | undefined,
    { timeoutMs, late }: { readonly timeoutMs: number; readonly late: () => Value },
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#lost)
        return
      }
      const settle = (end: () => void) => {
        clearTimeout(timer)
        stop()
        end()
      }
      const look = (event?: IndiEvent) => {
        try {
          if (event?.type === 'lost') throw event.error
          const value = probe(event)
          if (value !== undefined) settle(() => resolve(value))
        } catch (error) {
          settle(() => reject(CoverslipError.from(error, 'DEVICE_FAILED')))
        }
      }
      const stop = this.on(look)
      const timer = setTimeout(() => {
        settle(() => {
          try {
            resolve(late())
          } catch (error) {
            reject(CoverslipError.from(error, 'DEVICE_TIMEOUT'))
          }
        })
      }, timeoutMs)
      look()
    })
  }

  /** Ends the connection once what was sent has gone out. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#lost !== undefined) return
    this.#lost = new CoverslipError('DEVICE_UNAVAILABLE', `The connection to ${this.#title} was closed`)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#socket.destroy(), 500)
      this.#socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      this.#socket.end()
    })
    this.#events.emit({ type: 'lost', error: this.#lost })
  }

  #read(bytes: Uint8Array): void {
    if (this.#lost !== undefined) return
    try {
      this.#stream.write(bytes)
    } catch (error) {
      this.#end(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }

  #take(message: IndiMessage): void {
    if (message.type === 'note') {
      if (this.#store.vectors(message.device).length > 0)
        this.#notes.set(message.device, message.text.replace(/^\[\w+\]\s*/, '').slice(0, 300))
      return
    }
    if (!this.#store.apply(message)) return
    const { device, name } = message.type === 'define' ? message.vector : message
    this.#events.emit({ type: message.type, device, name })
  }

  #end(error: CoverslipError): void {
    if (this.#lost !== undefined) return
    this.#lost = error
    this.#socket.destroy()
    this.#events.emit({ type: 'lost', error })
  }

  #connectionError(reason: string, cause?: unknown): CoverslipError {
    if (this.#reader.inBlob) return protocolError('only part of an image, and closed the connection')
    const what = this.#wasConnected ? 'The INDI server is gone from' : 'There is no INDI server at'
    return new CoverslipError('DEVICE_UNAVAILABLE', `${what} ${this.#title}: ${reason}`, {
      hint: 'Start indiserver with the drivers of your devices there, and check address, port and firewall.',
      cause,
    })
  }
}

function blobKey(device: string, vector: string): string {
  return JSON.stringify([device, vector])
}
