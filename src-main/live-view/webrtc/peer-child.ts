/** One peer process, as its stream's worker sees it: fed with frames and requests, from its start to its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { workerUrl } from '../../worker-url.ts'
import { encodeFrameHeader } from './frame-pipe.ts'
import type {
  PeerCall,
  PeerEvent,
  PeerProcessEvent,
  PeerProcessRequest,
  VideoSettings,
} from './peer-messages.ts'
import { framesFd } from './peer-process-facts.ts'

/** Frames on their way to the encoders: more would only be older when they arrive. */
const maxUnderWay = 2
/** A process that was told to stop has so long for it. */
const stopMs = 1000

/** A video frame to send; the planes must stay as they are until `sent` is called. */
export type OutgoingFrame = {
  readonly width: number
  readonly height: number
  /** The Y plane, or all three of I420. */
  readonly planes: Uint8Array<ArrayBuffer>
  readonly colour: boolean
  /** JSON of the frame's note, still without `encodedAtMs`. */
  readonly note: string
  sent(): void
}

/** How a process ended: a signal or exit code in words; `code` where it is one. */
export type PeerProcessEnd = { readonly how: string; readonly code: number | null }

type Options = {
  readonly settings: VideoSettings
  /** The process' program; for tests. */
  readonly script?: string | undefined
  tell(event: PeerEvent): void
  /** The process answers: its library is loaded. */
  started(): void
  /** It has ended; its peers have been told to be closed. */
  ended(end: PeerProcessEnd): void
  /** Another frame may be sent. */
  ready(): void
}

/** Starts the process, and leaves nothing of it behind. */
export class PeerChild {
  readonly #options: Options
  readonly #process: ChildProcess
  readonly #pipe: Socket | undefined
  readonly #connected = new Set<string>()
  /** All peers that the process knows, connected or not, and calls without a reply. */
  readonly #peers = new Set<string>()
  readonly #calls = new Set<number>()
  readonly #finished = Promise.withResolvers<void>()
  #underWay = 0
  #served = 0
  #hasEnded = false

  constructor(options: Options) {
    this.#options = options
    const script = options.script ?? fileURLToPath(workerUrl('live-view/webrtc/peer-process'))
    const env = {
      ...process.env,
      // In Electron, `execPath` is the app, which this makes behave as plain Node.
      ELECTRON_RUN_AS_NODE: '1',
      // The library has many threads, and glibc would keep freed memory for each of them.
      MALLOC_ARENA_MAX: '2',
    }
    const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'))
    const child = spawn(process.execPath, [...flags, script], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.#process = child
    this.#pipe = framePipe(child)
    this.#pipe?.on('data', (taken: Buffer) => {
      this.#underWay -= taken.length
      if (!this.#hasEnded) options.ready()
    })
    // The process' end says the same with its reason.
    this.#pipe?.on('error', () => undefined)
    child.on('message', (event: PeerProcessEvent) => {
      if (!this.#hasEnded) this.#receive(event)
    })
    child.on('error', ({ message }) => {
      // Without a process there is nothing that could close.
      if (child.pid === undefined) this.#ended({ how: message, code: null })
    })
    child.on('close', (code, signal) => this.#ended({ how: `${signal ?? `exit code ${code}`}`, code }))
    this.change(options.settings)
  }

  /** Viewers that are connected. */
  get viewers(): number {
    return this.#connected.size
  }

  /** Connections that it was asked for, those that are over included. */
  get served(): number {
    return this.#served
  }

  /** It has no peers, and owes no reply. */
  get isUnused(): boolean {
    return this.#peers.size === 0 && this.#calls.size === 0
  }

  /** Some viewer of it could take a frame now. */
  get wantsFrame(): boolean {
    return !this.#hasEnded && this.#connected.size > 0 && this.#underWay < maxUnderWay
  }

  knows(peerId: string): boolean {
    return this.#peers.has(peerId)
  }

  send({ width, height, planes, colour, note, sent }: OutgoingFrame): void {
    const pipe = this.#pipe
    if (pipe === undefined || this.#hasEnded) return sent()
    this.#underWay += 1
    const text = Buffer.from(note, 'utf8')
    const header = encodeFrameHeader({ width, height, colour, noteBytes: text.length })
    pipe.cork()
    pipe.write(Buffer.concat([header, text]))
    // Called with an error, too, when the process dies meanwhile.
    pipe.write(planes, () => sent())
    pipe.uncork()
  }

  call(call: PeerCall): void {
    const { type, peerId } = call.request
    if (!this.#process.connected) return this.#refuse(call.call)
    if (type === 'answer' || type === 'offer') {
      this.#peers.add(peerId)
      this.#served += 1
    }
    this.#calls.add(call.call)
    this.#post(call)
  }

  change(settings: VideoSettings): void {
    this.#post({ type: 'settings', settings })
  }

  /** Tells the process to stop, kills it when it does not, and resolves when it has ended. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return
    this.#post({ type: 'stop' })
    const timer = setTimeout(() => this.kill(), stopMs)
    await this.#finished.promise
    clearTimeout(timer)
  }

  /** Ends the process at once: viewers are told nothing, and take it for a lost network. */
  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #ended(end: PeerProcessEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#pipe?.destroy()
    const peers = [...this.#peers]
    const calls = [...this.#calls]
    this.#connected.clear()
    this.#peers.clear()
    this.#calls.clear()
    for (const peerId of peers)
      this.#options.tell({ type: 'closed', peerId, reason: 'The video process ended' })
    for (const call of calls) this.#refuse(call)
    this.#finished.resolve()
    this.#options.ended(end)
  }

  #receive(event: PeerProcessEvent): void {
    if (event.type === 'started') return this.#options.started()
    if (event.type === 'reply' || event.type === 'refused') this.#calls.delete(event.call)
    if (event.type === 'closed') {
      this.#peers.delete(event.peerId)
      this.#connected.delete(event.peerId)
    }
    if (event.type === 'connected') this.#connected.add(event.peerId)
    this.#options.tell(event)
    if (event.type === 'connected') this.#options.ready()
  }

  #post(request: PeerProcessRequest): void {
    // Fails only when the process is ending, which is noticed by itself.
    if (this.#process.connected) this.#process.send(request, () => undefined)
  }

  #refuse(call: number): void {
    this.#options.tell({ type: 'refused', call, error: processStarts().serialize() })
  }
}

/** What who asks for a connection is told while there is no process for it. */
export const processStarts = () =>
  new CoverslipError('DEVICE_UNAVAILABLE', 'The video process is being started again', {
    hint: 'Try again in a moment.',
  })

/** Undefined when there is no process: then it has no `stdio` either, whatever its type says. */
function framePipe(child: { readonly stdio?: ChildProcess['stdio'] | undefined }): Socket | undefined {
  const pipe = child.stdio?.[framesFd]
  return pipe instanceof Socket ? pipe : undefined
}
