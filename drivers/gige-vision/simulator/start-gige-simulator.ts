import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GigeSimulator } from './gige-simulator.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import { faultSchema, type GigeSimulatorFaultInput } from './simulator-faults.ts'
import type { SimulatorCall, SimulatorMessage, SimulatorRequest } from './simulator-messages.ts'
import {
  type GigeSimulatorOptions,
  type GigeSimulatorSettings,
  linkSchema,
  parseSimulatorOptions,
  type SimulatedLink,
} from './simulator-options.ts'

type Pending = {
  readonly resolve: (counters: GigeSimulatorCounters) => void
  readonly reject: (error: Error) => void
}

/**
 * Starts a simulated GigE Vision camera in a thread of its own.
 * @throws CoverslipError `INVALID_INPUT` (options), `HOST_REFUSED` (every interface), `PORT_IN_USE`, `DEVICE_UNAVAILABLE`
 * (address).
 */
export async function startGigeSimulator(options: GigeSimulatorOptions = {}): Promise<GigeSimulator> {
  const settings = parseSimulatorOptions(options)
  const worker = new Worker(new URL('./simulator-worker.ts', import.meta.url), { workerData: settings })
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (message: SimulatorMessage) => {
      worker.off('error', reject)
      if (message.kind === 'started') resolve(new SimulatorThread(worker, settings, message))
      else if (message.kind === 'failed') reject(CoverslipError.deserialize(message.error))
    })
  })
}

/** The thread, seen from the one that started it. */
class SimulatorThread implements GigeSimulator {
  readonly address: string
  readonly port: number
  readonly serialNumber: string
  readonly broadcastProblem: string | undefined
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #ended: Error | undefined
  #closing: Promise<void> | undefined

  constructor(
    worker: Worker,
    settings: GigeSimulatorSettings,
    started: Extract<SimulatorMessage, { kind: 'started' }>,
  ) {
    this.address = settings.address
    this.serialNumber = settings.serialNumber
    this.port = started.port
    this.broadcastProblem = started.broadcastProblem
    this.#worker = worker
    worker.on('message', (message: SimulatorMessage) => {
      if (message.kind !== 'done') return
      this.#pending.get(message.id)?.resolve(message.counters)
      this.#pending.delete(message.id)
    })
    worker.on('error', (error) => this.#end(error))
    worker.on('exit', () =>
      this.#end(new CoverslipError('DEVICE_UNAVAILABLE', 'The GigE Vision simulator has been closed')),
    )
  }

  /** What was asked for last is not answered any more. */
  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }

  #call(call: SimulatorCall): Promise<GigeSimulatorCounters> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#nextId += 1
    const request: SimulatorRequest = { id: this.#nextId, call }
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject })
      this.#worker.postMessage(request)
    })
  }

  async unplug(): Promise<void> {
    await this.#call({ kind: 'unplug' })
  }

  async replug(): Promise<void> {
    await this.#call({ kind: 'replug' })
  }

  async setLink(link: Partial<SimulatedLink>): Promise<void> {
    // What is not named must not get its default: only the check is used.
    checked(linkSchema, link, 'the network')
    await this.#call({ kind: 'set-link', link })
  }

  async fault(fault: GigeSimulatorFaultInput): Promise<void> {
    await this.#call({ kind: 'fault', fault: checked(faultSchema, fault, 'a fault') })
  }

  counters(): Promise<Readonly<GigeSimulatorCounters>> {
    return this.#call({ kind: 'count' })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (this.#ended !== undefined) return
    await this.#call({ kind: 'close' })
    await this.#worker.terminate()
  }
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: z.input<Schema>,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new CoverslipError('INVALID_INPUT', `Wrong values for ${what} of the GigE Vision simulator`, {
    hint: z.prettifyError(result.error),
  })
}
