import { CoverslipError } from '../../src-shared/errors.ts'
import type { IndiClient, IndiEvent } from './protocol/indi-client.ts'
import type { IndiBlob } from './protocol/indi-message.ts'
import { newVector } from './protocol/message-writer.ts'

/** INDI's property that begins an exposure. */
export const exposureVector = 'CCD_EXPOSURE'
/** Its element: the length of the exposure, s. */
export const exposureElement = 'CCD_EXPOSURE_VALUE'
/** INDI's property that ends an exposure. */
export const abortVector = 'CCD_ABORT_EXPOSURE'
/** The property that brings a camera's images. */
export const imageVector = 'CCD1'

/** What begins an exposure. */
export type TriggerMode = 'continuous' | 'software'

/** An exposure that has been asked for. */
export type Exposure = {
  readonly sequence: number
  readonly exposureMs: number
  /** When it was asked for, host's monotonic clock, ns. */
  readonly beganNs: bigint
}

/** The camera, and where its images go. */
export type ExposureLoopOptions = {
  readonly client: IndiClient
  /** Name of the INDI device. */
  readonly device: string
  /** Name of our device, for errors. */
  readonly name: string
  /** How long after the end of an exposure its image may take, ms. */
  readonly imageTimeoutMs: number
  exposureMs(): number
  /** The image of an exposure; valid during the call only. */
  deliver(exposure: Exposure, blob: IndiBlob): void
  /** An exposure that gives no image. */
  fault(error: CoverslipError): void
  /** The camera does not answer any more. */
  lost(error: CoverslipError): void
}

/** How long the camera may take to end an exposure, ms. */
const abortTimeoutMs = 5000
/** An exposure that has longer to go than this is cut short when another time is set, ms. */
const cutShortMs = 1000
/** Pause after an exposure that failed, ms: doubled each time, up to the most. */
const failurePauseMs = { first: 500, most: 10_000 }

type Run = { readonly mode: TriggerMode; sequence: number; failures: number; retry?: NodeJS.Timeout }
type UnderWay = Exposure & {
  readonly watchdog: NodeJS.Timeout
  /** Settles what `trigger` waits for. */
  readonly answered: (error?: CoverslipError) => void
}

/**
 * Exposures of an INDI camera, one after the other: as soon as an image has arrived the next exposure is asked for, and
 * only then is the image decoded.
 */
export class ExposureLoop {
  readonly #options: ExposureLoopOptions
  readonly #stopListening: () => void
  #run: Run | undefined
  #exposure: UnderWay | undefined
  #aborting: Promise<void> = Promise.resolve()

  constructor(options: ExposureLoopOptions) {
    this.#options = options
    this.#stopListening = options.client.on((event) => this.#hear(event))
  }

  get isRunning(): boolean {
    return this.#run !== undefined
  }

  async start(mode: TriggerMode): Promise<void> {
    const run: Run = { mode, sequence: 0, failures: 0 }
    this.#run = run
    await this.#aborting
    if (this.#run === run && mode === 'continuous') this.#begin(run)
  }

  /** Resolves when the camera has ended its exposure; no image is delivered any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#run?.retry)
    this.#run = undefined
    this.#abort()
    await this.#aborting
  }

  /** Begins one exposure; resolves when the camera has accepted it, as it may take an hour. */
  async trigger(): Promise<void> {
    const { name } = this.#options
    const run = this.#run
    if (run?.mode !== 'software') {
      throw new CoverslipError('INVALID_INPUT', `${name} does not wait for a software trigger`, {
        hint: 'Set its trigger mode to "software" and start it.',
      })
    }
    if (this.#exposure !== undefined) {
      throw new CoverslipError('DEVICE_UNAVAILABLE', `${name} has not finished its last exposure yet`, {
        hint: 'Wait for its image before the next trigger.',
      })
    }
    await new Promise<void>((resolve, reject) => {
      this.#begin(run, (error) => (error === undefined ? resolve() : reject(error)))
    })
  }

  /** Another exposure time was set: a long exposure under way is begun anew. */
  async exposureChanged(): Promise<void> {
    const [run, exposure] = [this.#run, this.#exposure]
    if (run?.mode !== 'continuous' || exposure === undefined) return
    const elapsedMs = Number(process.hrtime.bigint() - exposure.beganNs) / 1e6
    if (exposure.exposureMs - elapsedMs < cutShortMs) return
    this.#abort()
    await this.#aborting
    if (this.#run === run && this.#exposure === undefined) this.#begin(run)
  }

  close(): void {
    this.#stopListening()
    clearTimeout(this.#exposure?.watchdog)
  }

  #begin(run: Run, answered: UnderWay['answered'] = () => undefined): void {
    const { client, device, name, imageTimeoutMs } = this.#options
    const vector = client.vector(device, exposureVector)
    if (vector === undefined) return answered(this.#gone())
    const exposureMs = this.#options.exposureMs()
    const watchdog = setTimeout(() => {
      const error = new CoverslipError(
        'DEVICE_TIMEOUT',
        `${name} has sent no image ${imageTimeoutMs / 1000} s after its exposure${client.note(device)}`,
        { hint: 'Check the camera’s cable and power, and the messages of indiserver.' },
      )
      answered(error)
      this.#options.lost(error)
    }, exposureMs + imageTimeoutMs)
    this.#exposure = {
      sequence: run.sequence,
      exposureMs,
      beganNs: process.hrtime.bigint(),
      watchdog,
      answered,
    }
    client.forgetNote(device)
    client.send(newVector(vector, new Map([[exposureElement, exposureMs / 1000]])))
  }

  #hear(event: IndiEvent): void {
    const { client, device } = this.#options
    if (event.type === 'lost') {
      clearTimeout(this.#exposure?.watchdog)
      this.#exposure?.answered(event.error)
      return
    }
    if (event.type === 'blob') {
      const { blob } = event
      // A video stream, which the user may have turned on among the camera's properties, is not what was asked for.
      const isImage =
        blob.device === device && blob.vector === imageVector && !blob.format.startsWith('.stream')
      if (isImage) this.#arrived(blob)
      return
    }
    if (event.device !== device || event.name !== exposureVector || this.#exposure === undefined) return
    const state = client.vector(device, exposureVector)?.state
    if (state === 'Busy' || state === 'Ok') this.#exposure.answered()
    if (state === 'Alert') this.#failed(this.#exposure)
  }

  #arrived(blob: IndiBlob): void {
    const [run, exposure] = [this.#run, this.#exposure]
    if (run === undefined || exposure === undefined || isStraggler(blob, exposure)) return
    this.#end(run, exposure)
    run.failures = 0
    if (run.mode === 'continuous') this.#begin(run)
    try {
      this.#options.deliver(exposure, blob)
    } catch (error) {
      this.#options.fault(CoverslipError.from(error, 'DEVICE_FAILED'))
    }
  }

  #failed(exposure: UnderWay): void {
    const { client, device, name } = this.#options
    const error = new CoverslipError('DEVICE_FAILED', `${name} could not expose${client.note(device)}`, {
      hint: 'It is tried again. Check the camera’s settings and cable.',
    })
    exposure.answered(error)
    const run = this.#run
    if (run === undefined) return
    this.#end(run, exposure)
    this.#options.fault(error)
    if (run.mode === 'software') return
    const pauseMs = Math.min(failurePauseMs.most, failurePauseMs.first * 2 ** run.failures)
    run.failures += 1
    run.retry = setTimeout(() => {
      if (this.#run === run && this.#exposure === undefined) this.#begin(run)
    }, pauseMs)
  }

  /** Nothing more is expected of an exposure. Its number is used up, whether there was an image or not. */
  #end(run: Run, exposure: UnderWay): void {
    clearTimeout(exposure.watchdog)
    exposure.answered()
    this.#exposure = undefined
    run.sequence += 1
  }

  /** Has the camera end what it is doing. What it sends until it says that it has is passed over. */
  #abort(): void {
    const { client, device } = this.#options
    const exposure = this.#exposure
    if (exposure === undefined) return
    clearTimeout(exposure.watchdog)
    exposure.answered(
      new CoverslipError(
        'DEVICE_UNAVAILABLE',
        `${this.#options.name} was stopped before the frame was taken`,
      ),
    )
    this.#exposure = undefined
    const vector = client.vector(device, abortVector)
    const button = vector?.elements[0]
    let isAnswered = vector === undefined || button === undefined
    if (vector !== undefined && button !== undefined)
      client.send(newVector(vector, new Map([[button.name, true]])))
    const ended = client.until(
      (event) => {
        if (event?.type === 'set' && event.device === device && event.name === abortVector) isAnswered = true
        const isBusy = client.vector(device, exposureVector)?.state === 'Busy'
        return isAnswered && !isBusy ? true : undefined
      },
      { timeoutMs: abortTimeoutMs, late: () => true },
    )
    // Where the connection has ended there is nothing left to end, and the registry is told otherwise.
    this.#aborting = ended.then(
      () => undefined,
      () => undefined,
    )
  }

  #gone(): CoverslipError {
    return new CoverslipError('DEVICE_UNAVAILABLE', `${this.#options.name} is gone from the INDI server`)
  }
}

/** Whether an image is of an exposure before: it came long before the end of the one that has been asked for. */
function isStraggler(blob: IndiBlob, { beganNs, exposureMs }: Exposure): boolean {
  return Number(blob.beganNs - beganNs) / 1e6 < exposureMs / 2
}
