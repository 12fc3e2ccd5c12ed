import { utimes } from 'node:fs/promises'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { freeDiskBytes } from './recording-folder.ts'
import { keepFreeBytes } from './recording-room.ts'

const checkEveryMs = 1000

type Options = {
  /** Of the acquisition. */
  readonly folder: string
  /** Bytes in memory that are still to be written. */
  waitingBytes(): number
  /** So much is free now. */
  free(bytes: number): void
  /** Nothing more should be written: the disk is nearly full, or the folder is gone. */
  failed(error: CoverslipError): void
}

/**
 * Looks after the disk while something is written to it, and marks the folder as in use by the time of its change: another
 * Coverslip leaves it alone then, also while nothing is exposed for hours. (`acquisition.json` keeps its time, by which
 * the gallery sees whether it says something new.)
 */
export class DiskWatch {
  readonly #options: Options
  readonly #timer: NodeJS.Timeout
  #canMark = true
  #isLooking = false
  /** Free at the last look. */
  #freeBytes: number | undefined

  constructor(options: Options) {
    this.#options = options
    this.#timer = setInterval(() => void this.#look(), checkEveryMs)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    // Network disks may take longer to answer.
    if (this.#isLooking) return
    this.#isLooking = true
    const { folder, waitingBytes, free, failed } = this.#options
    try {
      await this.#markInUse(folder)
      const bytes = await freeDiskBytes(folder)
      free(bytes)
      // As much may be gone by the next look: fast disks fill in a second what is to stay free.
      const gone = Math.max(0, (this.#freeBytes ?? bytes) - bytes)
      this.#freeBytes = bytes
      if (bytes - gone - waitingBytes() > keepFreeBytes) return
      failed(
        new CoverslipError('DATA_FOLDER', 'the disk is nearly full', {
          hint: 'Everything until then is kept. Free some space, or record to another disk.',
        }),
      )
    } catch (error) {
      failed(CoverslipError.from(error, 'DATA_FOLDER'))
    } finally {
      this.#isLooking = false
    }
  }

  /** Some network disks do not let times be set: no reason to end an acquisition. */
  async #markInUse(folder: string): Promise<void> {
    if (!this.#canMark) return
    const now = new Date()
    try {
      await utimes(folder, now, now)
    } catch (error) {
      this.#canMark = false
      console.warn(`${folder} cannot be marked as in use: ${error instanceof Error ? error.message : error}`)
    }
  }
}
