import type { Protocol } from '../../src-shared/stream-params.ts'
import type { Stream } from './stream.ts'

/** A stream that runs; `forced`: in spite of a long exposure. */
export type RunningStream = { readonly stream: Stream; readonly forced: boolean }

/** The streams that run now, by detector and protocol, in the order in which they were started. */
export class RunningStreams {
  readonly #running = new Map<string, RunningStream>()

  add(running: RunningStream): void {
    this.#running.set(keyOf(running.stream), running)
  }

  /** It shall go on in spite of a long exposure. */
  force(stream: Stream): void {
    if (this.#running.has(keyOf(stream))) this.#running.set(keyOf(stream), { stream, forced: true })
  }

  /** False when it did not run. */
  delete(stream: Stream): boolean {
    return this.#running.get(keyOf(stream))?.stream === stream && this.#running.delete(keyOf(stream))
  }

  all(): RunningStream[] {
    return [...this.#running.values()]
  }

  of(detectorName: string): RunningStream[] {
    return this.all().filter(({ stream }) => stream.active.detectorName === detectorName)
  }

  /** The detector's stream by `protocol`; absent: its first. */
  find(detectorName: string, protocol?: Protocol): Stream | undefined {
    const streams = this.of(detectorName).map(({ stream }) => stream)
    return streams.find(({ active }) => protocol === undefined || active.protocol === protocol)
  }
}

function keyOf({ active: { detectorName, protocol } }: Stream): string {
  return `${protocol}:${detectorName}`
}
