import { CoverslipError } from '../../src-shared/errors.ts'
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import { FrameHub } from '../live-view/frame-hub.ts'
import { StreamOutlet } from '../live-view/stream-outlet.ts'
import {
  type FrontMessages,
  type RelayedStreamName,
  silenceMs,
  storedNoteSchema,
  streamKeyOf,
} from './front-messages.ts'
import type { RedisBus } from './redis-bus.ts'

/** A stream's demand as it is told to the microscope. */
type Demand = FrontMessages['front']['demands'][number]

/** The streams of a microscope as a front server has them: a FrameHub that is fed from Redis. */
export class FrontStreams {
  readonly frames = new FrameHub()
  readonly #bus: RedisBus
  readonly #front: string
  readonly #demandChanged: () => void
  readonly #camerasChanged: () => void
  readonly #streams = new Map<string, FrontStream>()
  #cameras: FrontMessages['microscope']['cameras'] = []
  /** Last clock differences to the microscope's server, ms. */
  #offsets: number[] = []
  #heardMs = Number.NEGATIVE_INFINITY

  constructor(options: { bus: RedisBus; front: string; demandChanged(): void; camerasChanged(): void }) {
    this.#bus = options.bus
    this.#front = options.front
    this.#demandChanged = () => options.demandChanged()
    this.#camerasChanged = () => options.camerasChanged()
    this.#bus.on('microscope', (message) => this.#hear(message))
    this.#bus.on('frame_note', ({ frameId, ...stream }) => this.#streamOf(stream)?.note(frameId))
  }

  /** Whether the microscope's server was heard lately. */
  get alive(): boolean {
    return performance.now() - this.#heardMs < silenceMs
  }

  /** The camera of this id or name. @throws CoverslipError UNKNOWN_DEVICE. */
  camera(name: string): { readonly id: string } {
    const camera = this.#cameras.find((each) => each.id === name || each.name === name)
    if (camera !== undefined) return camera
    throw new CoverslipError('UNKNOWN_DEVICE', `There is no camera "${name}"`, {
      hint: this.alive
        ? `There are: ${this.#cameras.map((each) => each.name).join(', ') || 'none'}.`
        : 'The microscope’s server is not there at the moment.',
    })
  }

  get cameras(): FrontMessages['microscope']['cameras'] {
    return this.#cameras
  }

  demands(): Demand[] {
    return [...this.#streams.values()].flatMap((stream) => stream.demand ?? [])
  }

  /** The clock that frame times are of, ms: the least delayed of the last announcements tells it. */
  hostTimeMs(): number {
    return unixNowMs() + (this.#offsets.length === 0 ? 0 : Math.max(...this.#offsets))
  }

  /** Ends the streams of a microscope that is not heard any more; viewers wait for it. */
  beat(): void {
    if (!this.alive && this.#streams.size > 0) this.#adopt([])
  }

  close(): void {
    this.#adopt([])
  }

  #hear({ hostTimeMs, cameras, streams }: FrontMessages['microscope']): void {
    this.#heardMs = performance.now()
    this.#offsets = [...this.#offsets.slice(-9), hostTimeMs - unixNowMs()]
    const changed = JSON.stringify(cameras) !== JSON.stringify(this.#cameras)
    this.#cameras = cameras
    if (changed) this.#camerasChanged()
    this.#adopt(streams)
  }

  #adopt(names: readonly RelayedStreamName[]): void {
    const there = new Map(names.map((name) => [streamKeyOf(name), name]))
    for (const [key, stream] of [...this.#streams]) {
      if (there.get(key)?.startedAt === stream.name.startedAt) continue
      this.#streams.delete(key)
      this.frames.close(stream.outlet)
    }
    for (const [key, name] of there) {
      if (this.#streams.has(key)) continue
      const stream = new FrontStream({
        name,
        bus: this.#bus,
        front: this.#front,
        demandChanged: this.#demandChanged,
      })
      this.#streams.set(key, stream)
      this.frames.open(stream.outlet)
    }
  }

  #streamOf(name: RelayedStreamName): FrontStream | undefined {
    const stream = this.#streams.get(streamKeyOf(name))
    return stream?.name.startedAt === name.startedAt ? stream : undefined
  }
}

/** One stream: fetches the newest frame whenever a viewer here could take one. */
class FrontStream {
  readonly name: RelayedStreamName
  readonly outlet: StreamOutlet
  readonly #bus: RedisBus
  readonly #front: string
  #viewers = 0
  #ready = 0
  /** The newest frame in Redis that this front knows of, and the newest it has. */
  #noted = -1
  #taken = -1
  #fetching = false
  #complained = false

  constructor(options: { name: RelayedStreamName; bus: RedisBus; front: string; demandChanged(): void }) {
    this.name = options.name
    this.#bus = options.bus
    this.#front = options.front
    this.outlet = new StreamOutlet({
      ...options.name,
      audienceChanged: ({ viewers, ready }) => {
        const changed = viewers > 0 !== this.#viewers > 0
        this.#viewers = viewers
        this.#ready = ready
        if (changed) options.demandChanged()
        void this.#fetch()
      },
    })
  }

  /** What the microscope is told; undefined while nobody here watches. */
  get demand(): Demand | undefined {
    if (this.#viewers === 0) return undefined
    const waiting = this.#ready > 0 && !this.#fetching && this.#noted <= this.#taken
    return { ...this.name, taken: this.#taken, waiting }
  }

  note(frameId: number): void {
    this.#noted = Math.max(this.#noted, frameId)
    void this.#fetch()
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return
    this.#fetching = true
    try {
      while (this.#ready > 0 && this.#noted > this.#taken) await this.#fetchOne()
    } catch (error) {
      // The next note tries again.
      this.#noted = this.#taken
      this.#complain(error)
    } finally {
      this.#fetching = false
    }
  }

  /** Redis that is away is told of elsewhere; frames that are none are told of once. */
  #complain(error: unknown): void {
    if (!this.#bus.up || this.#complained) return
    this.#complained = true
    const { detectorName } = this.name
    console.error(
      `Frames of ${detectorName} in Redis cannot be used; are both servers of one version?`,
      error,
    )
  }

  async #fetchOne(): Promise<void> {
    const noted = this.#noted
    const stored = await this.#bus.fetch(streamKeyOf(this.name))
    const note = stored === undefined ? undefined : storedNoteSchema.parse(JSON.parse(stored.note))
    if (stored === undefined || note?.startedAt !== this.name.startedAt) {
      // Too old to be kept, or of another stream.
      this.#taken = Math.max(this.#taken, noted)
      return
    }
    const { message } = note
    const { frame_id: frameId, compression } = message.metadata
    const isNew = frameId > this.#taken
    this.#taken = Math.max(this.#taken, frameId, noted)
    if (!isNew) return
    const { packet } = stored
    this.#bus.send('taken', { ...this.name, front: this.#front, frameId, bytes: packet.byteLength })
    this.outlet.publish({ frameId, message, packet, encoding: compression, recycle: () => undefined })
  }
}
