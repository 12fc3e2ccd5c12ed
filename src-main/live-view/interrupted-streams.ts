import type { ActiveStream } from '../../src-shared/live-view.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'

/** A stream whose camera was lost, and how it is to be started again. */
export type InterruptedStream = {
  readonly detectorName: string
  readonly protocol: Protocol
  readonly force: boolean
  readonly startedBy: ActiveStream['startedBy']
}

/** The streams that go on when their camera is back. */
export class InterruptedStreams {
  #streams: readonly InterruptedStream[] = []

  get detectorNames(): string[] {
    return this.#streams.map(({ detectorName }) => detectorName)
  }

  add(stream: InterruptedStream): void {
    this.forget(stream)
    this.#streams = [...this.#streams, stream]
  }

  /** They shall not go on. `protocol` absent: all of the detector. */
  forget(which: { readonly detectorName: string; readonly protocol?: Protocol | undefined }): void {
    this.#streams = this.#streams.filter((stream) => !matches(stream, which))
  }

  /** The detector's streams, which are interrupted no longer. */
  take(detectorName: string): readonly InterruptedStream[] {
    const taken = this.#streams.filter((stream) => matches(stream, { detectorName }))
    this.forget({ detectorName })
    return taken
  }
}

function matches(
  stream: InterruptedStream,
  which: { readonly detectorName: string; readonly protocol?: Protocol | undefined },
): boolean {
  return (
    stream.detectorName === which.detectorName &&
    (which.protocol === undefined || which.protocol === stream.protocol)
  )
}
