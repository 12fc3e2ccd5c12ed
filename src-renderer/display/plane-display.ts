/** Planes of a file in a `<canvas>`: the page's side of one plane worker. */
import type { DisplayError, DisplaySettings, FramePixels, Histogram, Probe } from './display-types.ts'
import type { PlanePicture, PlaneReport, PlaneRequest } from './plane-messages.ts'
import type { ImageLine, LineProfile } from './image-line.ts'
import { PixelReads } from './pixel-reads.ts'
import type { Point, ViewTransform } from './view-transform.ts'

/** Who is told of what the display shows. */
export type PlaneListener = {
  /** Largest width and height that can be drawn; undefined without graphics. */
  onReady(maxSize: number | undefined): void
  onShown(id: number): void
  onFailed(id: number, error: DisplayError): void
  /** At most a few times a second, of each channel on show. */
  onHistogram(channel: number, histogram: Histogram): void
  /** At most 25 times a second; undefined when the point is outside the image. */
  onProbe(probe: Probe | undefined): void
  /** Of the line, at most 15 times a second; undefined where there is none. */
  onProfile(profile: LineProfile | undefined): void
  /** Why nothing is drawn; undefined when the cause is gone. */
  onGraphics(error: DisplayError | undefined): void
}

/**
 * Shows planes at full bit depth, one or several channels over each other. They are decoded and drawn in a worker; the
 * page hands over packets that it never looks into.
 */
export class PlaneDisplay {
  readonly #worker = new Worker(new URL('./plane-worker.ts', import.meta.url), { type: 'module' })
  #listener: PlaneListener | undefined
  readonly #reads = new PixelReads<FramePixels>()
  #disposed = false

  /** Takes over the canvas: nothing else may draw into it, and it can be given away only once. */
  constructor(canvas: HTMLCanvasElement) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<PlaneReport>) => this.#receive(data))
    this.#worker.addEventListener('error', ({ message }) =>
      this.#listener?.onGraphics({
        code: 'INTERNAL',
        message: `The image display has failed${message === '' ? '' : ` (${message})`}.`,
        hint: 'Reload the page.',
      }),
    )
    const offscreen = canvas.transferControlToOffscreen()
    this.#post({ type: 'open', canvas: offscreen }, [offscreen])
  }

  /** To be told from now on; before the page's next task, so that nothing is missed. */
  listen(listener: PlaneListener): void {
    this.#listener = listener
  }

  /** Shows `picture` as soon as it is decoded; one that was asked for before and is not decoded yet is left out. */
  show(picture: PlanePicture): void {
    this.#post({ type: 'show', picture })
  }

  /** How each channel is shown. */
  setDisplay(settings: readonly DisplaySettings[]): void {
    this.#post({ type: 'settings', settings })
  }

  /** Shows this part of the whole image; undefined: all of it. */
  setView(view: ViewTransform | undefined): void {
    this.#post({ type: 'view', view })
  }

  /** Tells the canvas' size; it does not notice by itself. */
  resize(cssWidth: number, cssHeight: number, devicePixelRatio: number): void {
    this.#post({ type: 'resize', cssWidth, cssHeight, devicePixelRatio })
  }

  /** Reports what lies under this point of the canvas (CSS pixels), for every picture until `probe(undefined)`. */
  probe(point: Point | undefined): void {
    this.#post({ type: 'probe', point })
  }

  /** Reports the values along this line, for every picture until there is none. */
  setLine(line: ImageLine | undefined): void {
    this.#post({ type: 'line', line })
  }

  /**
   * The active channel's plane on screen, in original units.
   * @throws Error when none is shown, or the display is disposed before it answers.
   */
  readPixels(): Promise<FramePixels> {
    if (this.#disposed) return Promise.reject(new Error('The display is closed'))
    return this.#reads.ask((id) => this.#post({ type: 'read-pixels', id }))
  }

  /** Ends the worker. The last picture stays in the canvas. */
  dispose(): void {
    if (this.#disposed) return
    this.#post({ type: 'close' })
    this.#disposed = true
    this.#reads.close()
  }

  #receive(report: PlaneReport): void {
    if (this.#disposed) return
    switch (report.type) {
      case 'ready':
        return this.#listener?.onReady(report.maxSize)
      case 'shown':
        return this.#listener?.onShown(report.id)
      case 'failed':
        return this.#listener?.onFailed(report.id, report.error)
      case 'histogram':
        return this.#listener?.onHistogram(report.channel, report.histogram)
      case 'probe':
        return this.#listener?.onProbe(report.probe)
      case 'profile':
        return this.#listener?.onProfile(report.profile)
      case 'graphics':
        return this.#listener?.onGraphics(report.error)
      case 'pixels':
        return this.#reads.answer(report.id, report.content)
    }
  }

  #post(request: PlaneRequest, transfer: Transferable[] = []): void {
    if (!this.#disposed) this.#worker.postMessage(request, transfer)
  }
}
