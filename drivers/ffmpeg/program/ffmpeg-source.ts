import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FfmpegProgram } from '../../sdk/ffmpeg-program.ts'
import type { FrameReceiver, FrameSource, VideoFormat } from '../frame-source.ts'
import { type VideoAddress, withoutAddresses } from '../video-address.ts'
import type { VideoOptions } from '../video-options.ts'
import { endWithThread } from './end-with-thread.ts'
import { type CaptureSettings, inputArguments, outputArguments } from './ffmpeg-arguments.ts'
import { ffmpegFailure, startFailure } from './ffmpeg-failure.ts'
import { PnmStream } from './pnm-stream.ts'

/** Last output of ffmpeg that is kept for errors, characters. */
const keptOutput = 4000
/** How long ffmpeg may take to end by itself, ms. */
const killAfterMs = 1000

type Run = {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly receiver: FrameReceiver
  readonly gone: Promise<void>
  watchdog: NodeJS.Timeout | undefined
  /** Its last words, as they came. */
  words: string
  /** Nothing more is told to the receiver. */
  isOver: boolean
}

/** Frames through the ffmpeg program, which runs while they are wanted. */
export class FfmpegSource implements FrameSource {
  readonly program: FfmpegProgram
  readonly #address: VideoAddress
  readonly #options: VideoOptions
  /** How to run a camera of this computer; takes effect with the next start. */
  capture: CaptureSettings = { mode: undefined, frameRate: undefined }
  #run: Run | undefined

  constructor(program: FfmpegProgram, address: VideoAddress, options: VideoOptions) {
    this.program = program
    this.#address = address
    this.#options = options
  }

  /** What ffmpeg, while it runs, has said so far. */
  get messages(): string {
    return this.#run?.words ?? ''
  }

  start(receiver: FrameReceiver, pixelFormat: VideoFormat | 'native'): void {
    const args = [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info'],
      ...inputArguments(this.#address, this.#options, this.capture, this.program),
      ...outputArguments(pixelFormat === 'native' ? 'Mono8' : pixelFormat, this.program),
    ]
    const child = spawn(this.program.path, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    endWithThread(child)
    const gone = new Promise<void>((resolve) => {
      child.once('close', () => resolve())
      child.once('error', () => resolve())
    })
    const run: Run = { process: child, receiver, gone, watchdog: undefined, words: '', isOver: false }
    this.#run = run
    const stream = new PnmStream(receiver, this.#address.shown)
    const { timeoutS } = this.#options
    run.watchdog = setTimeout(() => this.#fail(run, `nothing came for ${timeoutS} s`), timeoutS * 1000)
    child.stdout.on('data', (piece: Buffer) => {
      if (run.isOver) return
      run.watchdog?.refresh()
      try {
        stream.write(piece)
      } catch (error) {
        this.#end(run, CoverslipError.from(error, 'DEVICE_FAILED'))
      }
    })
    child.stderr.on('data', (piece: Buffer) => {
      run.words = (run.words + piece.toString()).slice(-keptOutput)
    })
    child.once('error', (error) => this.#end(run, startFailure(this.#address, error)))
    child.once('close', (code, signal) =>
      this.#fail(run, code === 0 ? 'the video ended' : `ffmpeg ended (${signal ?? code})`),
    )
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#finish(run)
    await run.gone
  }

  #fail(run: Run, reason: string): void {
    const words = withoutAddresses(run.words, this.#address.shown)
    this.#end(run, ffmpegFailure(this.#address, reason, words))
  }

  #end(run: Run, error: CoverslipError): void {
    if (run.isOver) return
    this.#finish(run)
    run.receiver.ended(error)
  }

  #finish(run: Run): void {
    if (this.#run === run) this.#run = undefined
    clearTimeout(run.watchdog)
    run.isOver = true
    run.process.kill()
    const kill = setTimeout(() => {
      run.process.kill('SIGKILL')
      // What it started may live on and keep the pipes open: it is not waited for.
      run.process.stdout.destroy()
      run.process.stderr.destroy()
    }, killAfterMs)
    void run.gone.then(() => clearTimeout(kill))
  }
}
