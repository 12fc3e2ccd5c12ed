/** The engine's side of one device worker: calls with a time limit, and what the worker tells. */
import { Worker } from 'node:worker_threads'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { workerUrl } from '../worker-url.ts'
import type { DeviceAnswer, DeviceCall, DeviceMessage, DeviceWorkerData } from './device-messages.ts'
import { type Lateness, whenLate } from './thread-patience.ts'

/** What the worker tells of a connection that has been opened. */
export type Opened = Extract<DeviceMessage, { type: 'opened' }>
/** What an open connection tells. */
export type ConnectionEvent =
  | Extract<DeviceMessage, { type: 'properties' | 'moved' | 'health' | 'fault' }>
  /** The worker is gone, or about to be: it failed, was found hanging, or its hardware vanished. */
  | { readonly type: 'ended'; readonly error: CoverslipError }

/** See `Patience`. */
export type ConnectionLimits = {
  /** Idle time of the driver's thread while its connection is opened, in a call, and while a stage moves, ms. */
  readonly openMs: number
  readonly callMs: number
  readonly moveMs: number
  /** Its busy time in any of these, if that is more, ms. */
  readonly busyMs: number
}
/** Limits for hanging: a device that does not answer, and a thread that does not get done on the busiest computer. */
export const defaultLimits: ConnectionLimits = {
  openMs: 30_000,
  callMs: 10_000,
  moveMs: 120_000,
  busyMs: 60_000,
}

/**
 * Node makes a buffer for every datagram. With room for more of them the collector comes a quarter as often, and a GigE
 * camera of 125 MB/s loses no packet to its pauses (docs/performance.md).
 */
export const deviceMemory = { maxYoungGenerationSizeMb: 192 } as const

type Pending = {
  resolve(answer: DeviceAnswer): void
  reject(error: CoverslipError): void
  /** It need not be waited for any more. */
  settled(): void
}

/** An open connection to a driver in its worker. */
export class DeviceConnection {
  readonly #worker: Worker
  readonly #limits: ConnectionLimits
  readonly #events = new Emitter<ConnectionEvent>()
  readonly #pending = new Map<number, Pending>()
  /** What the driver calls its devices, by their ids. */
  #names: ReadonlyMap<string, string> = new Map()
  #nextId = 1
  #ended = false

  private constructor(data: DeviceWorkerData, limits: ConnectionLimits) {
    this.#limits = limits
    this.#worker = new Worker(workerUrl('devices/device-worker'), {
      workerData: data,
      resourceLimits: deviceMemory,
    })
    this.#worker.on('message', (message: DeviceMessage) => this.#receive(message))
    this.#worker.on('error', (error) => this.#end(CoverslipError.from(error, 'DEVICE_FAILED')))
    this.#worker.on('exit', () => this.#end(new CoverslipError('DEVICE_FAILED', 'The driver’s thread ended')))
  }

  /**
   * Starts a worker and opens the driver's connection in it.
   * @throws CoverslipError as the driver gives it, or DEVICE_TIMEOUT when opening takes too long; the reason of `signal`.
   */
  static async open(
    data: DeviceWorkerData,
    limits: ConnectionLimits,
    signal: AbortSignal,
  ): Promise<{ connection: DeviceConnection; opened: Opened }> {
    signal.throwIfAborted()
    const connection = new DeviceConnection(data, limits)
    try {
      return { connection, opened: await connection.#whenOpened(signal) }
    } catch (error) {
      await connection.terminate()
      throw error
    }
  }

  on(listener: (event: ConnectionEvent) => void): () => void {
    return this.#events.on(listener)
  }

  /**
   * Has the driver do `call`. `extraMs`: what it may take longer than such calls do.
   * @throws CoverslipError of the driver; DEVICE_TIMEOUT when it does not answer in time, and then the worker is
   * ended, as nobody can tell what state the device is in; DEVICE_UNAVAILABLE when the worker is gone.
   */
  call(call: DeviceCall, extraMs = 0): Promise<DeviceAnswer> {
    if (this.#ended)
      return Promise.reject(new CoverslipError('DEVICE_UNAVAILABLE', 'The device is not connected'))
    const id = this.#nextId++
    const limitMs = this.#limitMs(call) + extraMs
    return new Promise((resolve, reject) => {
      const settled = this.#whenLate(limitMs, (lateness) => {
        this.#pending.delete(id)
        const device = ('deviceId' in call ? this.#names.get(call.deviceId) : undefined) ?? 'The driver'
        const error = tooLate(lateness, {
          idle: `${device} did not answer ${call.call} within ${limitMs / 1000} s`,
          busy: `${device} does not get done with ${call.call}: its driver’s thread is busy all the time`,
        })
        reject(error)
        this.#fail(error)
      })
      this.#pending.set(id, { resolve, reject, settled })
      this.#worker.postMessage({ ...call, id })
    })
  }

  /** Closes the driver, gently if it lets us. */
  async close(): Promise<void> {
    if (!this.#ended) {
      try {
        await this.call({ call: 'close' })
      } catch (error) {
        // A driver that cannot close is ended below; there is nobody left to tell but the log.
        console.error('While closing a driver:', error)
      }
    }
    await this.terminate()
  }

  /** Ends the worker at once, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#ended = true
    this.#rejectPending(new CoverslipError('DEVICE_UNAVAILABLE', 'The device was closed'))
    await this.#worker.terminate()
  }

  #limitMs({ call }: DeviceCall): number {
    return call === 'moveStage' ? this.#limits.moveMs : this.#limits.callMs
  }

  #whenLate(limitMs: number, late: (lateness: Lateness) => void): () => void {
    const patience = { idleMs: limitMs, busyMs: Math.max(limitMs, this.#limits.busyMs) }
    return whenLate(() => this.#worker.performance.eventLoopUtilization(), patience, late)
  }

  #whenOpened(signal: AbortSignal): Promise<Opened> {
    return new Promise((resolve, reject) => {
      const { openMs } = this.#limits
      const inTime = this.#whenLate(openMs, (lateness) =>
        settle(() =>
          reject(
            tooLate(lateness, {
              idle: `The driver did not open its device within ${openMs / 1000} s`,
              busy: 'The driver is busy opening its device and does not get done',
            }),
          ),
        ),
      )
      const stop = this.#events.on((event) => {
        if (event.type === 'ended') settle(() => reject(event.error))
      })
      const settle = (how: () => void) => {
        inTime()
        stop()
        this.#worker.off('message', listen)
        signal.removeEventListener('abort', abort)
        how()
      }
      const listen = (message: DeviceMessage) => {
        if (message.type === 'opened') {
          this.#names = new Map(
            message.devices.map(({ description }) => [description.id, String(description.name)]),
          )
          settle(() => resolve(message))
        }
        if (message.type === 'openFailed') settle(() => reject(CoverslipError.deserialize(message.error)))
      }
      const abort = () => settle(() => reject(CoverslipError.from(signal.reason)))
      this.#worker.on('message', listen)
      signal.addEventListener('abort', abort)
    })
  }

  #receive(message: DeviceMessage): void {
    switch (message.type) {
      case 'opened':
      case 'openFailed':
        return
      case 'reply': {
        const pending = this.#pending.get(message.id)
        if (pending === undefined) return
        this.#pending.delete(message.id)
        pending.settled()
        if (message.result === 'done') pending.resolve(message)
        else pending.reject(CoverslipError.deserialize(message.error))
        return
      }
      case 'lost':
        return this.#fail(CoverslipError.deserialize(message.error))
      default:
        this.#events.emit(message)
    }
  }

  /** The worker is there but cannot be trusted any more. */
  #fail(error: CoverslipError): void {
    this.#end(error)
    void this.#worker.terminate()
  }

  #end(error: CoverslipError): void {
    if (this.#ended) return
    this.#ended = true
    this.#rejectPending(error)
    this.#events.emit({ type: 'ended', error })
  }

  #rejectPending(error: CoverslipError): void {
    for (const { reject, settled } of this.#pending.values()) {
      settled()
      reject(error)
    }
    this.#pending.clear()
  }
}

function tooLate(lateness: Lateness, messages: Readonly<Record<Lateness, string>>): CoverslipError {
  return new CoverslipError('DEVICE_TIMEOUT', messages[lateness], {
    hint:
      lateness === 'idle'
        ? 'It is restarted. If this happens again, check the device’s power and cable.'
        : 'It is restarted. If this happens again, its code has an error, or this computer is far too busy.',
  })
}
