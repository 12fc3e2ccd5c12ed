/** One live display inside its worker: frames in, pictures and reports out. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'
import { ClockOffset } from './clock-offset.ts'
import type { DisplayReport, DisplayRequest } from './display-messages.ts'
import { DisplayMeter } from './display-meter.ts'
import type { DisplayError, DisplaySettings, DisplayState, ShownFrame } from './display-types.ts'
import type { ConnectionListener, FrameConnection } from './frame-connection.ts'
import { FrameQueue } from './frame-queue.ts'
import { type DecodedImage, ImageDecoder } from './image-decoder.ts'
import { type CanvasSize, ImageRenderer, mostTaps, NoWebGl2Error, tapsFor } from './image-renderer.ts'
import { copyPixels, probePixel } from './pixel-probe.ts'
import { histogramOf, sameGeometry, shownFrame } from './shown-frame.ts'
import { Throttled } from './throttled.ts'
import { fitView, type Point, toImage, type ViewTransform, viewForGeometry } from './view-transform.ts'

const statsEveryMs = 500
/** Round trips when a connection begins, and pause between later ones while frames come in. */
const firstClockRounds = 6
const clockEveryMs = 10_000
/** Frames that the GPU may lag behind. */
const maxFences = 2
/** Median times to draw above and below which moving images are averaged less and more, ms. */
const slowDrawMs = 18
const quickDrawMs = 5
/** How long they are watched before the next change. */
const watchDrawingMs = 2500
/** An image is still when no frame has come for so long. */
const stillAfterMs = 300

type Shown = { readonly frame: ShownFrame; readonly decoded: DecodedImage }
type PendingFence = { readonly fence: WebGLSync; readonly startedMs: number; readonly capturedAtMs: number }

export type SessionOptions = {
  readonly canvas: OffscreenCanvas
  connect(listener: ConnectionListener): FrameConnection
  report(report: DisplayReport, transfer?: readonly Transferable[]): void
}

export class DisplaySession {
  readonly #report: SessionOptions['report']
  readonly #connection: FrameConnection
  readonly #renderer: ImageRenderer | undefined
  readonly #clock = new ClockOffset()
  readonly #meter = new DisplayMeter()
  readonly #decoder = new ImageDecoder()
  readonly #queue: FrameQueue
  readonly #frameReports: Throttled<ShownFrame>
  readonly #histogramReports: Throttled<FrameMessage>
  readonly #probeReports: Throttled<undefined>

  #state: DisplayState = { connection: 'connecting' }
  #drawError: DisplayError | undefined
  #connectionError: DisplayError | undefined
  #frameError: DisplayError | undefined

  #shown: Shown | undefined
  /** Undefined: the whole image. */
  #view: ViewTransform | undefined
  #settings: DisplaySettings = { low: 0, high: 65_535, gamma: 1, lut: 'gray', markSaturated: false }
  #size: CanvasSize = { cssWidth: 300, cssHeight: 150, devicePixelRatio: 1 }
  #probePoint: Point | undefined
  #tickRequested = false
  #fences: PendingFence[] = []
  /** Points per axis that are averaged in moving images, and since when. */
  #movingTaps = 2
  #tapsSinceMs = 0
  #lastShownMs = 0
  #refineTimer: ReturnType<typeof setTimeout> | undefined
  #statsTimer: ReturnType<typeof setInterval> | undefined
  #nextClockMs = 0

  constructor({ canvas, connect, report }: SessionOptions) {
    this.#report = report
    this.#frameReports = new Throttled(100, (frame) => report({ type: 'frame', frame }))
    this.#histogramReports = new Throttled(200, (message) => {
      report({ type: 'histogram', histogram: histogramOf(message) })
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
        this.#meter.received(performance.now(), message.metadata.frame_id, packet.byteLength)
        this.#statsTimer ??= setInterval(() => this.#reportStats(), statsEveryMs)
        this.#queue.push({ message, packet })
      },
      onSubscribe: () => {
        this.#queue.reset()
        this.#meter.restart()
      },
      onConnection: (connection) => {
        this.#setState(connection)
        if (connection === 'connected') void this.#compareClocks(firstClockRounds)
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
        this.#forgetShown()
        return this.#connection.subscribe(request.detectorName)
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
        if (this.#shown !== undefined) this.#upload(renderer, this.#shown.decoded)
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
    if (renderer === undefined || renderer.lost) return this.#show(this.#queue.take())
    if (this.#fences.length >= maxFences) return this.#requestTick()
    const startedMs = performance.now()
    const decoded = this.#queue.take()
    if (decoded !== undefined) this.#lastShownMs = startedMs
    this.#show(decoded)
    if (decoded !== undefined) this.#upload(renderer, decoded)
    const view = this.#effectiveView()
    renderer.draw(
      view,
      this.#settings,
      this.#size,
      startedMs - this.#lastShownMs > stillAfterMs ? mostTaps : this.#movingTaps,
    )
    if (decoded === undefined) return
    const fence = renderer.fence()
    if (fence !== undefined) {
      this.#fences.push({ fence, startedMs, capturedAtMs: decoded.message.metadata.captured_at_ms })
      if (this.#fences.length === 1) this.#pollFences(renderer)
    }
    this.#chooseQuality(view)
  }

  /** Makes a frame the one that is shown. */
  #show(decoded: DecodedImage | undefined): void {
    if (decoded === undefined) return
    const before = this.#shown
    const frame = shownFrame(decoded.message)
    this.#shown = { frame, decoded }
    before?.decoded.release()
    this.#setFrameError(undefined)
    if (before !== undefined && sameGeometry(before.frame, frame)) {
      this.#frameReports.offer(frame)
    } else {
      if (before !== undefined && this.#view !== undefined) {
        this.#view = viewForGeometry(this.#view, before.frame, frame)
      }
      this.#frameReports.sendNow(frame)
    }
    this.#histogramReports.offer(decoded.message)
    if (this.#probePoint !== undefined) this.#probeReports.offer(undefined)
    // In a task of its own: what was just drawn goes to the screen when this one ends.
    setTimeout(() => this.#queue.decodeNext(), 0)
  }

  #upload(renderer: ImageRenderer, { image }: DecodedImage): void {
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

  /** Fences tell when a frame is really drawn; the browser passes them between tasks only. */
  #pollFences(renderer: ImageRenderer): void {
    setTimeout(() => {
      for (
        let next = this.#fences[0];
        next !== undefined && renderer.passed(next.fence);
        next = this.#fences[0]
      ) {
        this.#fences.shift()
        this.#countShown(next)
      }
      if (this.#fences.length > 0) this.#pollFences(renderer)
    }, 1)
  }

  #countShown({ startedMs, capturedAtMs }: PendingFence): void {
    const nowMs = performance.now()
    const offsetMs = this.#clock.offsetMs
    const latencyMs = offsetMs === undefined ? undefined : unixNowMs() + offsetMs - capturedAtMs
    this.#meter.shown(nowMs, nowMs - startedMs, latencyMs)
  }

  /** While the GPU is too slow for smooth averaging, moving images are averaged less; a still one is drawn well. */
  #chooseQuality(view: ViewTransform): void {
    const wanted = tapsFor(1 / (view.zoom * this.#size.devicePixelRatio))
    const nowMs = performance.now()
    if (nowMs - this.#tapsSinceMs > watchDrawingMs) {
      const taps = Math.min(wanted, this.#movingTaps)
      const { drawMs } = this.#meter
      if (drawMs > slowDrawMs && taps > 1) this.#movingTaps = taps > 2 ? 2 : 1
      if (drawMs < quickDrawMs && taps < wanted) this.#movingTaps *= 2
      this.#tapsSinceMs = nowMs
    }
    clearTimeout(this.#refineTimer)
    if (wanted > this.#movingTaps)
      this.#refineTimer = setTimeout(() => this.#requestTick(), stillAfterMs + 10)
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
      at === undefined || shown === undefined ? undefined : probePixel(shown.frame, shown.decoded.image, at)
    this.#report({ type: 'probe', probe })
  }

  #readPixels(id: number): void {
    if (this.#shown === undefined) return this.#report({ type: 'pixels', id, content: undefined })
    const content = copyPixels(this.#shown.frame, this.#shown.decoded.image)
    this.#report({ type: 'pixels', id, content }, [content.pixels.buffer])
  }

  #reportStats(): void {
    const nowMs = performance.now()
    this.#report({ type: 'stats', stats: this.#meter.stats(nowMs) })
    if (!this.#meter.isActive(nowMs)) {
      clearInterval(this.#statsTimer)
      this.#statsTimer = undefined
    } else if (nowMs >= this.#nextClockMs) {
      void this.#compareClocks(1)
    }
  }

  async #compareClocks(rounds: number): Promise<void> {
    this.#nextClockMs = performance.now() + clockEveryMs
    if (rounds > 1) this.#clock.reset()
    for (let round = 0; round < rounds; round++) {
      const sentMs = unixNowMs()
      const hostTimeMs = await this.#connection.hostTimeMs()
      if (hostTimeMs === undefined) return
      this.#clock.add(sentMs, hostTimeMs, unixNowMs())
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
    this.#shown?.decoded.release()
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
