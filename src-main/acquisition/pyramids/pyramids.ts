/**
 * Smaller copies of OME-Zarr images, for quick viewing, made after their acquisition has ended: one acquisition after the
 * other, in a worker that rests while something is acquired. Which ones are wanted stands in `pyramids.json` of the data
 * folder from their beginning on, so that they are made at the next start when the program ends, or crashes, before.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { workerUrl } from '../../worker-url.ts'
import { findAcquisitionSummary, wantsPyramid } from '../reading/acquisition-summary.ts'
import { replaceFile } from '../replace-file.ts'
import type { PyramidWorkerData, PyramidWorkerMessage } from './pyramid-messages.ts'

/** Ids of acquisitions: folders below the data folder. */
const listSchema = z.array(
  z
    .string()
    .max(1000)
    .refine(
      (id) => id.split('/').every((part) => part !== '' && part !== '..'),
      'leads out of the data folder',
    ),
)

type Followed = Pick<AcquisitionStatus, 'id' | 'format' | 'state'>

export class Pyramids {
  readonly #dataFolder: string
  readonly #alerts: AlertSink
  readonly #made = new Emitter<string>()
  /** In the order in which they will be made. */
  readonly #wanted = new Set<string>()
  /** Acquisitions under way. */
  readonly #underWay = new Set<string>()
  #worker: Worker | undefined
  /** Whose copies are being made. */
  #making: string | undefined
  #kept: Promise<void> = Promise.resolve()
  #closed = false

  constructor({ dataFolder, alerts }: { readonly dataFolder: string; readonly alerts: AlertSink }) {
    this.#dataFolder = dataFolder
    this.#alerts = alerts
  }

  /** Goes on with what was wanted when the program last ended. */
  async start(): Promise<void> {
    for (const id of await this.#readList()) this.#wanted.add(id)
    this.#next()
  }

  /** To be told of every change of an acquisition, of whatever format. */
  follow({ id, format, state }: Followed): void {
    if (state === 'finished') this.#underWay.delete(id)
    else this.#underWay.add(id)
    if (format === 'ome-zarr' && state !== 'finished' && !this.#wanted.has(id)) {
      this.#wanted.add(id)
      this.#keepList()
    }
    this.#worker?.postMessage({
      type: this.#underWay.size > 0 ? 'rest' : 'goOn',
    } satisfies PyramidWorkerMessage)
    this.#next()
  }

  /**
   * Gives up the copies of an acquisition that is to be moved; resolves when none of it is written any more.
   * @returns makes them after all, where it was not moved, or under the id that it has `now`
   */
  async forget(id: string): Promise<(now?: string) => void> {
    if (!this.#wanted.delete(id)) return () => undefined
    this.#keepList()
    if (this.#making === id) await this.#worker?.terminate()
    return (now = id) => this.#want(now)
  }

  /**
   * Makes what may be missing of an item that was put back: it may have been taken away before, whatever program ran then.
   * Nothing happens where it is no acquisition, or wants none.
   */
  async putBack(id: string): Promise<void> {
    try {
      const summary = await findAcquisitionSummary(join(this.#dataFolder, id))
      if (summary?.finish === undefined || !wantsPyramid(summary)) return
    } catch (error) {
      // One that is damaged has no smaller copies either; the gallery shows why.
      if (error instanceof CoverslipError) return
      throw error
    }
    this.#want(id)
  }

  /** Called with the id of an acquisition whose copies have been made. */
  on(listener: (id: string) => void): () => void {
    return this.#made.on(listener)
  }

  /** What is under way is left for the next start. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
    await this.#kept
  }

  get #listPath(): string {
    return join(this.#dataFolder, 'pyramids.json')
  }

  #want(id: string): void {
    this.#wanted.add(id)
    this.#keepList()
    this.#next()
  }

  #next(): void {
    const [id] = this.#wanted
    if (this.#closed || id === undefined || this.#worker !== undefined || this.#underWay.size > 0) return
    const data: PyramidWorkerData = { folder: join(this.#dataFolder, id) }
    const worker = new Worker(workerUrl('acquisition/pyramids/pyramid-worker'), { workerData: data })
    this.#worker = worker
    this.#making = id
    let failure: CoverslipError | undefined
    worker.on('error', (error) => {
      failure = CoverslipError.from(error)
    })
    worker.on('exit', () => {
      this.#worker = undefined
      this.#making = undefined
      if (this.#closed) return
      this.#wanted.delete(id)
      this.#keepList()
      if (failure === undefined) this.#made.emit(id)
      else this.#tell(id, failure)
      this.#next()
    })
  }

  #tell(id: string, { message, hint }: CoverslipError): void {
    this.#alerts.raise({
      id: `pyramid:${id}`,
      severity: 'warning',
      source: 'OME-Zarr',
      message: `Smaller copies of the images of ${id} could not be made: ${message}`,
      hint: hint ?? 'The images themselves are complete; large ones are slower to show.',
    })
  }

  #tellOfList(error: unknown): void {
    this.#alerts.raise({
      id: 'pyramid:list',
      severity: 'warning',
      source: 'OME-Zarr',
      message: `Which images want smaller copies is not known after the next start: ${CoverslipError.from(error).message}`,
      hint: 'The images themselves are complete; large ones are slower to show.',
    })
  }

  #keepList(): void {
    this.#kept = this.#kept
      .then(() => replaceFile(this.#listPath, `${JSON.stringify([...this.#wanted])}\n`))
      .catch((error: unknown) => this.#tellOfList(error))
  }

  async #readList(): Promise<readonly string[]> {
    try {
      const list = listSchema.safeParse(JSON.parse(await readFile(this.#listPath, 'utf8')))
      if (list.success) return list.data
      throw new CoverslipError('DATA_FOLDER', `${this.#listPath}: ${z.prettifyError(list.error)}`)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      this.#tellOfList(error)
      return []
    }
  }
}
