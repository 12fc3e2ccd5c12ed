/** The peer process of a stream, as its worker sees it: started anew when it dies, fed with frames and requests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { workerUrl } from '../../worker-url.ts'
import { encodeFrameHeader } from './frame-pipe.ts'
import type { PeerCall, PeerEvent, PeerProcessRequest, VideoSettings } from './peer-messages.ts'
import { framesFd, notInstalledCode } from './peer-process-facts.ts'
import { webrtcPackage } from './webrtc-library.ts'

/** Frames on their way to the encoders: more would only be older when they arrive. */
const maxUnderWay = 2
/** A process that lives this long did not die of its start; the next one is started at once. */
const healthyMs = 10_000
/** The library keeps some 4 MB of each connection: after so many, a process without viewers is replaced. */
const maxServed = 25
const restartMs = { first: 200, most: 10_000 }
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

type Options = {
  settings: VideoSettings
  /** The process' program; for tests. */
  readonly script?: string
  tell(event: PeerEvent): void
  /** The process died, or cannot be started. */
  fault(error: CoverslipError): void
  /** Another frame may be sent. */
  ready(): void
}

/** Owns the process: keeps one running until it is closed, and leaves none behind. */
export class PeerChild {
  readonly #options: Options
  readonly #connected = new Set<string>()
  /** All peers that the process knows, connected or not, and calls without a reply. */
  readonly #peers = new Set<string>()
  readonly #calls = new Set<number>()
  #child: ChildProcess | undefined
  #pipe: Socket | undefined
  /** Processes that were told to stop. */
  readonly #ending = new Set<Promise<void>>()
  #underWay = 0
  #restarts = 0
  #served = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: Options) {
    this.#options = options
    this.#start()
  }

  /** Viewers that are connected. */
  get viewers(): number {
    return this.#connected.size
  }

  get hasRoom(): boolean {
    return this.#pipe !== undefined && this.#underWay < maxUnderWay
  }

  send({ width, height, planes, colour, note, sent }: OutgoingFrame): void {
    const pipe = this.#pipe
    if (pipe === undefined) return sent()
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
    if (this.#child === undefined || !this.#child.connected) return this.#refuse(call.call)
    if (type === 'answer' || type === 'offer') {
      this.#peers.add(peerId)
      this.#served += 1
    }
    this.#calls.add(call.call)
    this.#post(call)
  }

  change(settings: VideoSettings): void {
    this.#options.settings = settings
    this.#post({ type: 'settings', settings })
  }

  /** Ends the process and those that it has replaced, and resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#end()
    await Promise.all(this.#ending)
  }

  #start(): void {
    const startedMs = performance.now()
    const env = {
      ...process.env,
      // In Electron, `execPath` is the app, which this makes behave as plain Node.
      ELECTRON_RUN_AS_NODE: '1',
      // The library has many threads, and glibc would keep freed memory for each of them.
      MALLOC_ARENA_MAX: '2',
    }
    const script = this.#options.script ?? fileURLToPath(workerUrl('live-view/webrtc/peer-process'))
    const child = spawn(process.execPath, [script], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    })
    this.#child = child
    this.#served = 0
    this.#underWay = 0
    const pipe = framePipe(child)
    this.#pipe = pipe
    pipe?.on('data', (taken: Buffer) => {
      if (this.#pipe !== pipe) return
      this.#underWay -= taken.length
      this.#options.ready()
    })
    // The process' end says the same with its reason.
    pipe?.on('error', () => undefined)
    child.on('message', (event: PeerEvent) => {
      if (this.#child === child) this.#receive(event)
    })
    const ended = (how: string, code: number | null) => {
      pipe?.destroy()
      if (this.#child !== child) return
      this.#child = undefined
      this.#ended(how, { code, livedMs: performance.now() - startedMs })
    }
    child.on('error', ({ message }) => {
      // Without a process there is nothing that could close.
      if (child.pid === undefined) ended(message, null)
    })
    child.on('close', (code, signal) => ended(`${signal ?? `exit code ${code}`}`, code))
    this.#post({ type: 'settings', settings: this.#options.settings })
  }

  /** Tells the process to stop, and kills it when it does not. */
  #end(): void {
    const child = this.#child
    if (child?.pid === undefined) return
    const ended = new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
      child.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
    }).finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
    this.#post({ type: 'stop' })
  }

  #ended(how: string, { code, livedMs }: { code: number | null; livedMs: number }): void {
    this.#pipe = undefined
    this.#underWay = 0
    const peers = [...this.#peers]
    const calls = [...this.#calls]
    this.#connected.clear()
    this.#peers.clear()
    this.#calls.clear()
    for (const peerId of peers)
      this.#options.tell({ type: 'closed', peerId, reason: 'The video process ended' })
    for (const call of calls) this.#refuse(call)
    if (this.#isClosed) return
    this.#options.fault(code === notInstalledCode ? notInstalled() : died(how))
    this.#restarts = livedMs > healthyMs ? 0 : this.#restarts + 1
    const waitMs = Math.min(restartMs.most, restartMs.first * 2 ** this.#restarts)
    this.#timer = setTimeout(() => this.#start(), waitMs)
  }

  #receive(event: PeerEvent): void {
    if (event.type === 'reply' || event.type === 'refused') this.#calls.delete(event.call)
    if (event.type === 'closed') {
      this.#peers.delete(event.peerId)
      this.#connected.delete(event.peerId)
    }
    if (event.type === 'connected') this.#connected.add(event.peerId)
    this.#options.tell(event)
    if (event.type === 'connected') this.#options.ready()
    const unused = this.#peers.size === 0 && this.#calls.size === 0
    if (unused && this.#served >= maxServed && !this.#isClosed) this.#replace()
  }

  /** Another process takes the place of this one, which nobody uses now. */
  #replace(): void {
    this.#end()
    this.#start()
  }

  #post(request: PeerProcessRequest): void {
    // Fails only when the process is ending, which is noticed by itself.
    if (this.#child?.connected === true) this.#child.send(request, () => undefined)
  }

  #refuse(call: number): void {
    const error = new CoverslipError('DEVICE_UNAVAILABLE', 'The video process is being started again', {
      hint: 'Try again in a moment.',
    })
    this.#options.tell({ type: 'refused', call, error: error.serialize() })
  }
}

/** Undefined when there is no process: then it has no `stdio` either, whatever its type says. */
function framePipe(child: { readonly stdio?: ChildProcess['stdio'] | undefined }): Socket | undefined {
  const pipe = child.stdio?.[framesFd]
  return pipe instanceof Socket ? pipe : undefined
}

const died = (how: string) =>
  new CoverslipError('INTERNAL', `The process that sends video ended (${how}) and is started again`, {
    hint: 'Viewers must connect again.',
  })

const notInstalled = () =>
  new CoverslipError('PROTOCOL_UNAVAILABLE', `The package ${webrtcPackage} cannot be loaded`, {
    hint: `Install the optional package ${webrtcPackage}, or choose another protocol.`,
  })
