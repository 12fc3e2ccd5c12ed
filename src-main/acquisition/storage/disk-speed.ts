/** How fast a disk takes what is written to it: as it took the last acquisitions, or else as a short trial shows. */
import { randomFill } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { StorageOptions } from '../../../src-shared/acquisition/storage-options.ts'
import { writeOverWithoutLinks } from '../../open-flags.ts'
import { writeFailure } from './append-file.ts'

/** A trial writes pieces of growing size, MiB, until it has taken so long, ms. The last one counts, its start the least. */
const pieces = [1, 2, 4, 8, 16]
const patienceMs = 250
/** What else uses the disk changes: a trial holds for so long, ms. */
const holdsMs = 600_000
/** One for each folder, so that what a crash leaves is removed by the next. */
const trialName = '.disk-trial'

type Measured = { readonly bytesPerSecond: number; readonly at: number }
type Format = StorageOptions['format']

export class DiskSpeed {
  readonly #seen = new Map<string, Measured>()
  readonly #trials = new Map<string, Promise<Measured>>()

  /** An acquisition has written so fast to `folder`, bytes/s, while its images waited for the disk. */
  saw(folder: string, format: Format, bytesPerSecond: number): void {
    this.#seen.set(`${format}\n${folder}`, { bytesPerSecond, at: performance.now() })
  }

  /**
   * Bytes/s that the disk of `folder`, which exists, takes in this format. Undefined: it would have to be tried, and
   * `mayTry` is false, as a trial would disturb what is being written.
   * @throws CoverslipError DATA_FOLDER
   */
  async of(
    folder: string,
    format: Format,
    { mayTry }: { readonly mayTry: boolean },
  ): Promise<number | undefined> {
    const seen = this.#seen.get(`${format}\n${folder}`)
    if (seen !== undefined && performance.now() - seen.at < holdsMs) return seen.bytesPerSecond
    const trial = this.#trials.get(folder) ?? (mayTry ? tried(folder) : undefined)
    if (trial === undefined) return undefined
    this.#trials.set(folder, trial)
    try {
      const { at, bytesPerSecond } = await trial
      if (performance.now() - at > holdsMs) this.#forget(folder, trial)
      return bytesPerSecond
    } catch (error) {
      this.#forget(folder, trial)
      throw error
    }
  }

  /** The next who asks tries again. */
  #forget(folder: string, trial: Promise<Measured>): void {
    if (this.#trials.get(folder) === trial) this.#trials.delete(folder)
  }
}

/** Not on this thread: it takes some hundredths of a second. */
const randomFilled = promisify<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>(randomFill)

/** Writes a few megabytes, which disks that compress cannot make smaller, and removes them. @throws CoverslipError DATA_FOLDER */
async function tried(folder: string): Promise<Measured> {
  const path = join(folder, trialName)
  try {
    // It may be a link, too.
    await rm(path, { force: true })
    const file = await open(path, writeOverWithoutLinks)
    try {
      const began = performance.now()
      let bytesPerSecond = 0
      for (const size of pieces) {
        const piece = await randomFilled(new Uint8Array(size * 2 ** 20))
        const pieceBegan = performance.now()
        await file.writev([piece])
        await file.datasync()
        bytesPerSecond = (piece.length / (performance.now() - pieceBegan)) * 1000
        if (performance.now() - began > patienceMs) break
      }
      return { bytesPerSecond, at: performance.now() }
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
  } catch (error) {
    throw writeFailure(path, error)
  }
}
