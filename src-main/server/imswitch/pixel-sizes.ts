import { Emitter } from '../../../src-shared/emitter.ts'
import type { LiveViewController } from '../../live-view/live-view-controller.ts'

/** µm per camera pixel, by detector, as the frames that were streamed last say. */
export class PixelSizes {
  readonly #sizes = new Map<string, number>()
  readonly #changes = new Emitter<{ readonly detectorName: string; readonly pixelSizeUm: number }>()
  readonly #end: () => void

  constructor(liveView: LiveViewController) {
    this.#end = liveView.on((event) => {
      if (event.type !== 'frameReady' || event.message.pixelsize === undefined) return
      const pixelSizeUm = event.message.pixelsize / event.message.metadata.subsampling
      const { detectorName } = event
      if (this.#sizes.get(detectorName) === pixelSizeUm) return
      this.#sizes.set(detectorName, pixelSizeUm)
      this.#changes.emit({ detectorName, pixelSizeUm })
    })
  }

  /** Undefined until a frame was streamed. */
  of(detectorName: string): number | undefined {
    return this.#sizes.get(detectorName)
  }

  on(
    listener: (change: { readonly detectorName: string; readonly pixelSizeUm: number }) => void,
  ): () => void {
    return this.#changes.on(listener)
  }

  close(): void {
    this.#end()
  }
}
