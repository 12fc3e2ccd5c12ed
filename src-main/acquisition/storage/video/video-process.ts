/** One ffmpeg that makes a video of the pictures that it is given. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { lastWords } from '../../../../drivers/sdk/ffmpeg-program.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { writeFailure } from '../append-file.ts'

/** Last output of ffmpeg that is kept for errors, characters. */
const keptOutput = 4000
/** How long ffmpeg may take before it is ended, as one that hangs would keep the recording from its end. */
export type VideoLimits = {
  /** Until it has read what it was given, ms. */
  readonly stalledMs: number
  /** With the pictures that it still has, once it has been given the last, ms. */
  readonly finishMs: number
}

const usualLimits: VideoLimits = { stalledMs: 60_000, finishMs: 120_000 }

/** Errors of the file system, by what ffmpeg says of them. */
const fileErrors: readonly (readonly [pattern: RegExp, code: string])[] = [
  [/No space left on device/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/Read-only file system/i, 'EROFS'],
  [/Permission denied/i, 'EACCES'],
  [/already exists/i, 'EEXIST'],
  [/No such file or directory/i, 'ENOENT'],
]

/**
 * It ends by itself when its input does, and completes the file: also when this thread or program was killed, so that
 * nothing has to watch over it.
 */
export class VideoProcess {
  readonly #path: string
  readonly #process: ChildProcessByStdio<Writable, null, Readable>
  /** Why it ended; undefined: as it should. */
  readonly #ended: Promise<CoverslipError | undefined>
  readonly #limits: VideoLimits
  #words = ''
  /** Why it was killed. */
  #killedFor: string | undefined
  #finishing: Promise<void> | undefined

  /** @param path what it writes, for errors */
  constructor(
    path: string,
    {
      program,
      args,
      limits = usualLimits,
    }: { program: string; args: readonly string[]; limits?: VideoLimits },
  ) {
    this.#path = path
    this.#limits = limits
    this.#process = spawn(program, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
      // A group of its own: Ctrl+C in the terminal ends the recording, and that in turn this, not before it.
      detached: process.platform !== 'win32',
    })
    this.#process.stderr.on('data', (piece: Buffer) => {
      this.#words = (this.#words + piece.toString()).slice(-keptOutput)
    })
    // That the pipe broke is told by how the process ended.
    this.#process.stdin.on('error', () => undefined)
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(this.#failure(error.message)))
      this.#process.once('close', (code, signal) =>
        resolve(
          code === 0 ? undefined : this.#failure(this.#killedFor ?? `ffmpeg ended (${signal ?? code})`),
        ),
      )
    })
  }

  /**
   * Gives it `parts`, one after the other.
   * @returns when the pipe has them, and they may be used again: as fast as they are encoded.
   * @throws CoverslipError DATA_FOLDER with ffmpeg's last words when it has ended, or takes nothing any more.
   */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    const { stdin } = this.#process
    const { stalledMs } = this.#limits
    const kill = this.#killAfter(stalledMs, `ffmpeg has not taken a picture for ${stalledMs / 1000} s`)
    const broken = await new Promise<boolean>((resolve) => {
      const last = parts.length - 1
      stdin.cork()
      for (const [i, part] of parts.entries())
        stdin.write(part, i === last ? (error) => resolve(error !== undefined && error !== null) : undefined)
      stdin.uncork()
    })
    clearTimeout(kill)
    if (broken) throw (await this.#ended) ?? this.#failure('ffmpeg ended before the last frame')
  }

  /** Lets it complete the file. Safe to call twice. @throws as `write` */
  finish(): Promise<void> {
    this.#finishing ??= this.#finish()
    return this.#finishing
  }

  async #finish(): Promise<void> {
    this.#process.stdin.end()
    const { finishMs } = this.#limits
    const kill = this.#killAfter(finishMs, `ffmpeg was not done ${finishMs / 1000} s after the last frame`)
    const failure = await this.#ended
    clearTimeout(kill)
    if (failure !== undefined) throw failure
  }

  #killAfter(limitMs: number, reason: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#killedFor = reason
      this.#process.kill('SIGKILL')
    }, limitMs)
  }

  #failure(reason: string): CoverslipError {
    const words = lastWords(this.#words)
    const known = fileErrors.find(([pattern]) => pattern.test(words))?.[1]
    if (known !== undefined) return writeFailure(this.#path, Object.assign(new Error(words), { code: known }))
    return new CoverslipError(
      'DATA_FOLDER',
      `${this.#path} could not be written: ${reason}${words === '' ? '' : ` (${words})`}`,
      { hint: 'What was recorded until then can be played. Try another container, or record as OME-TIFF.' },
    )
  }
}
