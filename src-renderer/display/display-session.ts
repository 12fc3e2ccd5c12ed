/** One live display inside its worker: frames in, pictures and reports out. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DisplayReport, DisplayRequest } from './display-messages.ts'
import { DisplayMeter } from './display-meter.ts'
import type {
  DisplayError,
  DisplaySettings,
  DisplayState,
  ShownFrame,
  Subscription,
} from './display-types.ts'
import { DrawQuality, stillAfterMs } from './draw-quality.ts'
import { FenceWatch } from './fence-watch.ts'
import type { ConnectionListener, FrameConnection } from './frame-connection.ts'
import { FrameQueue } from './frame-queue.ts'
import { HostClock } from './host-clock.ts'
import { ImageDecoder } from './image-decoder.ts'
import { type CanvasSize, ImageRenderer, NoWebGl2Error, tapsFor } from './image-renderer.ts'
import { copyPixels, probePixel } from './pixel-probe.ts'
import { fromDecoded, fromVideo, type ReadyImage } from './ready-image.ts'
import { sameGeometry } from './shown-frame.ts'
import { Throttled } from './throttled.ts'
import type { VideoImage } from './video-frame.ts'
import { fitView, type Point, toImage, type ViewTransform, viewForGeometry } from './view-transform.ts'

const statsEveryMs = 500

export type SessionOptions = {
  readonly canvas: OffscreenCanvas
  connect(listener: ConnectionListener): FrameConnection
  report(report: DisplayReport, transfer?: readonly Transferable[]): void
}

export class DisplaySession {
  readonly #report: SessionOptions['report']
  readonly #connection: FrameConnection
  readonly #renderer: ImageRenderer | undefined
  readonly #clock = new HostClock(() => this.#connection.hostTimeMs())
  readonly #meter = new DisplayMeter()
  readonly #decoder = new ImageDecoder()
  readonly #queue: FrameQueue
  readonly #frameReports: Throttled<ShownFrame>
  readonly #histogramReports: Throttled<ReadyImage>
  readonly #probeReports: Throttled<undefined>

  #state: DisplayState = { connection: 'connecting' }
  #drawError: DisplayError | undefined
  #connectionError: DisplayError | undefined
  #frameError: DisplayError | undefined

  #shown: ReadyImage | undefined
  /** A frame of the video that waits to be drawn. */
  #video: VideoImage | undefined
  /** Undefined: the whole image. */
  #view: ViewTransform | undefined
  #settings: DisplaySettings = { low: 0, high: 65_535, gamma: 1, lut: 'gray', markSaturated: false }
  #size: CanvasSize = { cssWidth: 300, cssHeight: 150, devicePixelRatio: 1 }
  #probePoint: Point | undefined
  #tickRequested = false
  readonly #fences = new FenceWatch((fence) => this.#renderer?.passed(fence) ?? true)
  readonly #quality = new DrawQuality()
  #refineTimer: ReturnType<typeof setTimeout> | undefined
  #statsTimer: ReturnType<typeof setInterval> | undefined

  constructor({ canvas, connect, report }: SessionOptions) {
    this.#report = report
    this.#frameReports = new Throttled(100, (frame) => report({ type: 'frame', frame }))
    this.#histogramReports = new Throttled(200, (image) => {
      // An image that was released meanwhile has no pixels any more; the next one comes soon.
      if (image === this.#shown) report({ type: 'histogram', histogram: image.histogram() })
    })
    this.#probeReports = new Throttled(40, () => this.#reportProbe())
    this.#queue = new FrameQueue({
      decode: (frame) => this.#decoder.decode(frame),
      acknowledge: (frameId) => this.#connection.acknowledge(frameId),
      onReady: () => this.#requestTick(),
      onFailure: (error) => this.#setFrameError(describe(error)),
      onDecoded: (decodeMs) => this.#meter.decoded(performance.now(), decodeMs),
      onDropped: () => this.#meter.dropped(),
      now: () => performance.now(),
    })
    this.#renderer = this.#createRenderer(canvas)
    this.#connection = connect({
      onFrame: (message, packet) => {
        this.#received(message.metadata.frame_id, packet.byteLength)
        this.#queue.push({ message, packet })
      },
      onSubscribe: () => {
        this.#queue.reset()
        this.#meter.restart()
      },
      onConnection: (connection) => {
        this.#setState(connection)
        if (connection === 'connected') this.#clock.restart()
      },
      onError: (error) => {
        this.#connectionError = error
        this.#setState()
      },
    })
  }

  handle(request: Exclude<DisplayRequest, { type: 'open' }>): void {
    switch (request.type) {
      case 'subscribe':
        return this.#subscribe(request)
      case 'video-frame':
        return this.#receiveVideo(request.image)
      case 'view':
        this.#view = request.view
        this.#viewChanged()
        return
      case 'settings':
        this.#settings = request.settings
        return this.#requestTick()
      case 'resize': {
        const { cssWidth, cssHeight, devicePixelRatio } = request
        this.#size = { cssWidth, cssHeight, devicePixelRatio }
        this.#viewChanged()
        return
      }
      case 'probe':
        this.#probePoint = request.point
        if (request.point === undefined) this.#probeReports.sendNow(undefined)
        else this.#probeReports.offer(undefined)
        return
      case 'read-pixels':
        return this.#readPixels(request.id)
      case 'close':
        return this.#close()
    }
  }

  #subscribe({ detectorName, protocol }: Subscription): void {
    this.#forgetShown()
    this.#meter.restart()
    // Of a video the page receives the frames.
    this.#connection.subscribe(
      protocol === 'webrtc' ? { detectorName: undefined } : { detectorName, protocol },
    )
  }

  #received(frameId: number, bytes: number): void {
    this.#meter.received(performance.now(), frameId, bytes)
    this.#statsTimer ??= setInterval(() => this.#reportStats(), statsEveryMs)
  }

  /** The newest frame of the video wins. */
  #receiveVideo(image: VideoImage): void {
    this.#received(image.frame.frameId, 0)
    if (this.#video !== undefined) {
      this.#meter.dropped()
      this.#dropVideo()
    }
    this.#video = image
    this.#requestTick()
  }

  #dropVideo(): void {
    if (this.#video === undefined) return
    this.#video.bitmap.close()
    this.#video = undefined
    this.#report({ type: 'video-taken' })
  }

  /** The frame to draw next. */
  #take(): ReadyImage | undefined {
    const decoded = this.#queue.take()
    if (decoded !== undefined) return fromDecoded(decoded)
    const video = this.#video
    if (video === undefined) return undefined
    this.#video = undefined
    this.#report({ type: 'video-taken' })
    return fromVideo(video)
  }

  #createRenderer(canvas: OffscreenCanvas): ImageRenderer | undefined {
    try {
      const renderer = new ImageRenderer(canvas)
      canvas.addEventListener('webglcontextlost', (event) => {
        // Without this the context would not be restored.
        event.preventDefault()
        this.#drawError = {
          code: 'GRAPHICS_LOST',
          message: 'The graphics card has dropped the picture.',
          hint: 'It comes back by itself; reload the page if it does not.',
        }
        this.#setState()
      })
      canvas.addEventListener('webglcontextrestored', () => {
        renderer.restore()
        this.#drawError = undefined
        this.#setState()
        if (this.#shown !== undefined) this.#upload(renderer, this.#shown)
        this.#requestTick()
      })
      return renderer
    } catch (error) {
      this.#drawError = error instanceof NoWebGl2Error ? error.display : describe(error)
      this.#setState()
      return undefined
    }
  }

  #requestTick(): void {
    if (this.#tickRequested) return
    this.#tickRequested = true
    requestAnimationFrame(() => this.#tick())
  }

  #tick(): void {
    this.#tickRequested = false
    const renderer = this.#renderer
    // Without graphics frames are still received, so that statistics, pixel values and histogram go on.
    if (renderer === undefined || renderer.lost) return this.#show(this.#take())
    if (this.#fences.full) return this.#requestTick()
    const startedMs = performance.now()
    const next = this.#take()
    if (next !== undefined) this.#quality.frame(startedMs)
    this.#show(next)
    if (next !== undefined) this.#upload(renderer, next)
    const view = this.#effectiveView()
    renderer.draw(view, this.#settings, this.#size, this.#quality.taps(startedMs))
    if (next === undefined) return
    const fence = renderer.fence()
    if (fence !== undefined) this.#fences.add(fence, () => this.#countShown(startedMs, next.capturedAtMs))
    this.#refineLater(view)
  }

  /** Makes a frame the one that is shown. */
  #show(next: ReadyImage | undefined): void {
    if (next === undefined) return
    const before = this.#shown
    const { frame } = next
    this.#shown = next
    before?.release()
    this.#setFrameError(undefined)
    if (before !== undefined && sameGeometry(before.frame, frame)) {
      this.#frameReports.offer(frame)
    } else {
      if (before !== undefined && this.#view !== undefined) {
        this.#view = viewForGeometry(this.#view, before.frame, frame)
      }
      this.#frameReports.sendNow(frame)
    }
    this.#histogramReports.offer(next)
    if (this.#probePoint !== undefined) this.#probeReports.offer(undefined)
    // In a task of its own: what was just drawn goes to the screen when this one ends.
    setTimeout(() => this.#queue.decodeNext(), 0)
  }

  #upload(renderer: ImageRenderer, { image }: ReadyImage): void {
    try {
      renderer.upload(image)
      if (this.#drawError !== undefined) {
        this.#drawError = undefined
        this.#setState()
      }
    } catch (error) {
      renderer.clear()
      this.#drawError = describe(error)
      this.#setState()
    }
  }

  #countShown(startedMs: number, capturedAtMs: number | undefined): void {
    const nowMs = performance.now()
    const latencyMs = capturedAtMs === undefined ? undefined : this.#clock.since(capturedAtMs)
    this.#meter.shown(nowMs, nowMs - startedMs, latencyMs)
  }

  #refineLater(view: ViewTransform): void {
    const wanted = tapsFor(1 / (view.zoom * this.#size.devicePixelRatio))
    const rough = this.#quality.learn(performance.now(), wanted, this.#meter.drawMs)
    clearTimeout(this.#refineTimer)
    if (rough) this.#refineTimer = setTimeout(() => this.#requestTick(), stillAfterMs + 10)
  }

  #effectiveView(): ViewTransform {
    return this.#view ?? fitView(this.#shown?.frame ?? { width: 1, height: 1 }, this.#canvasCss())
  }

  #canvasCss() {
    return { width: this.#size.cssWidth, height: this.#size.cssHeight }
  }

  #viewChanged(): void {
    this.#requestTick()
    if (this.#probePoint !== undefined) this.#probeReports.offer(undefined)
  }

  #reportProbe(): void {
    const point = this.#probePoint
    const shown = this.#shown
    const at = point === undefined ? undefined : toImage(this.#effectiveView(), this.#canvasCss(), point)
    const probe =
      at === undefined || shown === undefined ? undefined : probePixel(shown.frame, shown.image, at)
    this.#report({ type: 'probe', probe })
  }

  #readPixels(id: number): void {
    if (this.#shown === undefined) return this.#report({ type: 'pixels', id, content: undefined })
    const content = copyPixels(this.#shown.frame, this.#shown.image)
    this.#report({ type: 'pixels', id, content }, [content.pixels.buffer])
  }

  #reportStats(): void {
    const nowMs = performance.now()
    this.#report({ type: 'stats', stats: this.#meter.stats(nowMs) })
    if (!this.#meter.isActive(nowMs)) {
      clearInterval(this.#statsTimer)
      this.#statsTimer = undefined
    } else {
      this.#clock.keepUp(nowMs)
    }
  }

  #setFrameError(error: DisplayError | undefined): void {
    if (this.#frameError === undefined && error === undefined) return
    this.#frameError = error
    this.#setState()
  }

  #setState(connection: DisplayState['connection'] = this.#state.connection): void {
    const error = this.#drawError ?? this.#connectionError ?? this.#frameError
    const { connection: before, error: errorBefore } = this.#state
    if (before === connection && errorBefore?.message === error?.message) return
    this.#state = { connection, error }
    this.#report({ type: 'state', state: this.#state })
  }

  #forgetShown(): void {
    this.#dropVideo()
    this.#shown?.release()
    this.#shown = undefined
    this.#view = undefined
    this.#frameReports.cancel()
    this.#histogramReports.cancel()
    this.#setFrameError(undefined)
    this.#renderer?.clear()
    this.#requestTick()
  }

  #close(): void {
    this.#connection.close()
    clearInterval(this.#statsTimer)
    clearTimeout(this.#refineTimer)
    for (const reports of [this.#frameReports, this.#histogramReports, this.#probeReports]) reports.cancel()
  }
}

function describe(error: unknown): DisplayError {
  const { code, message, hint } = CoverslipError.from(error)
  return { code, message, hint }
}
