import type { LiveViewController } from '../../live-view/live-view-controller.ts'

/**
 * Binary streams whose pre-filter was turned off for ImSwitch's clients, which cannot undo it. Our own viewers decode
 * both, so a running stream is changed rather than refused; when it has ended, the next one is filtered again.
 */
export class PlainStreams {
  readonly #liveView: LiveViewController
  readonly #plain = new Set<string>()
  readonly #end: () => void

  constructor(liveView: LiveViewController) {
    this.#liveView = liveView
    this.#end = liveView.on((event) => {
      if (event.type !== 'streamStopped' || event.protocol !== 'binary') return
      if (event.reason === 'failed' || !this.#plain.delete(event.detectorName)) return
      const { detectorName, protocol } = event
      // Not while the registry may be closing: a camera that is gone has no parameters.
      queueMicrotask(() => this.#restore(detectorName, protocol))
    })
  }

  /** A binary stream of `detectorName` was started without filter. */
  started(detectorName: string): void {
    this.#plain.add(detectorName)
  }

  /** Turns the filter of a running stream off. */
  unfilter(detectorName: string): void {
    const stream = this.#liveView
      .getActiveStreams()
      .find((active) => active.detectorName === detectorName && active.protocol === 'binary')
    if (stream?.params.protocol !== 'binary' || stream.params.filter === 'none') return
    this.#plain.add(detectorName)
    const { compression } = stream.params
    this.#liveView.setStreamParams({
      detectorName,
      protocol: 'binary',
      params: { filter: 'none', ...(compression === 'zstd' ? { compression: 'lz4' } : {}) },
    })
  }

  close(): void {
    this.#end()
  }

  #restore(detectorName: string, protocol: 'binary'): void {
    const runs = this.#liveView
      .getActiveStreams()
      .some((active) => active.detectorName === detectorName && active.protocol === protocol)
    if (runs) return
    try {
      this.#liveView.setStreamParams({ detectorName, protocol, params: { filter: 'delta-shuffle' } })
    } catch (error) {
      console.error(error)
    }
  }
}
