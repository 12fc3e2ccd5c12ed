/**
 * The work of a stream worker: wakes when the camera delivers, and has the newest frame made into what the stream sends
 * when one is due and a viewer is ready for it. No frame is made twice, and nothing runs while none comes.
 */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { LiveFrameReader } from '../frames/live-frame-reader.ts'
import { Pacer } from './pacer.ts'
import type { StreamMaker } from './stream-maker.ts'
import type { Post, StreamRequest } from './stream-messages.ts'
import { StreamTally } from './stream-tally.ts'

const reportEveryMs = 1000

type Options = {
  readonly ring: FrameRingMemory
  /** The first frame that is of this stream, counted as the ring does. */
  readonly firstFrame: number
  readonly frameRate: number
  readonly maker: StreamMaker
  readonly post: Post
}

/** One stream's loop; `run` it once. */
export class StreamLoop {
  readonly #reader: LiveFrameReader
  readonly #maker: StreamMaker
  readonly #pacer: Pacer
  readonly #post: Post
  readonly #tally = new StreamTally()
  /** A frame is due and was not made yet: the maker is busy, or no viewer is ready. */
  #owed = false
  readonly #making = new Set<Promise<void>>()
  #stopped = false

  constructor({ ring, firstFrame, frameRate, maker, post }: Options) {
    this.#reader = new LiveFrameReader(ring, { firstFrame })
    this.#maker = maker
    this.#pacer = new Pacer(frameRate)
    this.#post = post
  }

  /** Runs until `stop` was requested and the frames under way are done. */
  async run(): Promise<void> {
    const timer = setInterval(() => this.#report(), reportEveryMs)
    while (!this.#stopped) {
      await this.#reader.wait()
      this.#look()
      this.makeIfOwed()
    }
    clearInterval(timer)
    // First, as frames whose way out is blocked end only by that.
    await this.#maker.close()
    await Promise.all(this.#making)
  }

  /** @throws CoverslipError for parameters of another kind of stream; the old ones stay. */
  handle(request: StreamRequest): void {
    switch (request.type) {
      case 'params':
        this.#maker.setParams(request.params)
        this.#pacer.frameRate = request.params.frameRate
        return
      case 'wake':
        return this.makeIfOwed()
      case 'stop':
        this.#stopped = true
        return this.#reader.interrupt()
      default:
        return this.#maker.handle(request)
    }
  }

  /** To be called when the maker has room again, or a viewer is ready after none was. */
  makeIfOwed(): void {
    if (!this.#owed || this.#stopped || !this.#maker.wanted || !this.#maker.hasRoom) return
    const info = this.#reader.take((pixels, frame) => this.#maker.load(pixels, frame))
    if (info === undefined) return
    this.#owed = false
    const making = this.#make(info).finally(() => {
      this.#making.delete(making)
      this.makeIfOwed()
    })
    this.#making.add(making)
  }

  #look(): void {
    const seen = this.#reader.look()
    if (seen === undefined) return
    const { info, arrived, taken } = seen
    this.#tally.arrived(info.sequence, arrived)
    // Taken already, when it came between a look and a copy.
    if (taken) return
    if (!this.#pacer.due(Number(info.hostTimeNs) / 1e6, arrived)) return this.#tally.count('notDue', arrived)
    this.#tally.count('notDue', arrived - 1)
    // The frame owed until now is replaced by this one.
    if (this.#owed) this.#tally.count(this.#maker.wanted ? 'overrun' : 'noViewer', 1)
    this.#owed = true
  }

  async #make(info: FrameInfo): Promise<void> {
    try {
      this.#tally.encoded(await this.#maker.make(info))
    } catch (error) {
      this.#tally.count('failed', 1)
      this.#post({ type: 'fault', error: CoverslipError.from(error).serialize() }, [])
    }
  }

  #report(): void {
    this.#post({ type: 'report', report: this.#tally.report(performance.now()) }, [])
  }
}
