/** One live display inside its worker: frames in, pictures and reports out. */
import type { DisplayReport, DisplayRequest } from './display-messages.ts'
import { DisplayMeter } from './display-meter.ts'
import type { DisplayError, DisplayState, ShownFrame, Subscription } from './display-types.ts'
import type { ConnectionListener, FrameConnection } from './frame-connection.ts'
import { FrameQueue } from './frame-queue.ts'
import { HostClock } from './host-clock.ts'
import { ImageDecoder } from './image-decoder.ts'
import { describeError, ImagePainter } from './image-painter.ts'
import { copyPixels, probePixel } from './pixel-probe.ts'
import { fromDecoded, fromVideo, type ReadyImage } from './ready-image.ts'
import { sameGeometry } from './shown-frame.ts'
import { Throttled } from './throttled.ts'
import type { VideoImage } from './video-frame.ts'
import { type Point, toImage } from './view-transform.ts'

const statsEveryMs = 500

type SessionOptions = {
  readonly canvas: OffscreenCanvas
  connect(listener: ConnectionListener): FrameConnection
  report(report: DisplayReport, transfer?: readonly Transferable[]): void
}

/** One display of a live view, in its worker. */
export class DisplaySession {
  readonly #report: SessionOptions['report']
  readonly #connection: FrameConnection
  readonly #painter: ImagePainter<ReadyImage>
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
  #probePoint: Point | undefined
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
      onReady: () => this.#painter.request(),
      onFailure: (error) => this.#setFrameError(describeError(error)),
      onDecoded: (decodeMs) => this.#meter.decoded(performance.now(), decodeMs),
      onDropped: () => this.#meter.dropped(),
      now: () => performance.now(),
    })
    this.#painter = new ImagePainter({
      canvas,
      advance: () => this.#advance(),
      shown: () => this.#shown,
      onDrawn: ({ capturedAtMs }, startedMs) => this.#countShown(startedMs, capturedAtMs),
      onError: (error) => this.#setDrawError(error),
      drawMs: () => this.#meter.drawMs,
    })
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
        this.#painter.setView(request.view)
        return this.#probeAgain()
      case 'settings':
        return this.#painter.setSettings([request.settings])
      case 'resize': {
        const { cssWidth, cssHeight, devicePixelRatio } = request
        this.#painter.resize({ cssWidth, cssHeight, devicePixelRatio })
        return this.#probeAgain()
      }
      case 'probe':
        this.#probePoint = request.point
        if (request.point === undefined) this.#probeReports.sendNow(undefined)
        else this.#probeReports.offer(undefined)
        return
      case 'read-pixels':
        return this.#readPixels(request.id)
      case 'take-picture':
        return void this.#takePicture(request.id, request.longest)
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
    this.#painter.request()
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

  /** Makes the newest frame the one that is shown. */
  #advance(): ReadyImage | undefined {
    const next = this.#take()
    if (next === undefined) return undefined
    const before = this.#shown
    const { frame } = next
    this.#shown = next
    before?.release()
    this.#setFrameError(undefined)
    if (before !== undefined && sameGeometry(before.frame, frame)) {
      this.#frameReports.offer(frame)
    } else {
      if (before !== undefined) this.#painter.changeGeometry(before.frame, frame)
      this.#frameReports.sendNow(frame)
    }
    this.#histogramReports.offer(next)
    this.#probeAgain()
    // In a task of its own: what was just drawn goes to the screen when this one ends.
    setTimeout(() => this.#queue.decodeNext(), 0)
    return next
  }

  #countShown(startedMs: number, capturedAtMs: number | undefined): void {
    const nowMs = performance.now()
    const latencyMs = capturedAtMs === undefined ? undefined : this.#clock.since(capturedAtMs)
    this.#meter.shown(nowMs, nowMs - startedMs, latencyMs)
  }

  /** What lies under the pointer may be something else now. */
  #probeAgain(): void {
    if (this.#probePoint !== undefined) this.#probeReports.offer(undefined)
  }

  #reportProbe(): void {
    // Whoever acts on what is read here, by a double click, acts on the frame that it was read of.
    this.#frameReports.sendPending()
    const point = this.#probePoint
    const shown = this.#shown
    const at = point === undefined ? undefined : toImage(this.#painter.view, this.#painter.canvasCss, point)
    const probe =
      at === undefined || shown === undefined ? undefined : probePixel(shown.frame, shown.image, at)
    this.#report({ type: 'probe', probe })
  }

  #readPixels(id: number): void {
    if (this.#shown === undefined) return this.#report({ type: 'pixels', id, content: undefined })
    const content = copyPixels(this.#shown.frame, this.#shown.image)
    this.#report({ type: 'pixels', id, content }, [content.pixels.buffer])
  }

  async #takePicture(id: number, longest: number): Promise<void> {
    const frame = this.#shown?.frame
    const taken = await this.#painter.takePicture(longest)
    if (frame === undefined || taken === undefined)
      return this.#report({ type: 'picture', id, content: undefined })
    this.#report({ type: 'picture', id, content: { frame, ...taken } }, [taken.bitmap])
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

  #setDrawError(error: DisplayError | undefined): void {
    if (this.#drawError === undefined && error === undefined) return
    this.#drawError = error
    this.#setState()
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
    this.#frameReports.cancel()
    this.#histogramReports.cancel()
    this.#setFrameError(undefined)
    this.#painter.clear()
  }

  #close(): void {
    this.#connection.close()
    clearInterval(this.#statsTimer)
    this.#painter.close()
    for (const reports of [this.#frameReports, this.#histogramReports, this.#probeReports]) reports.cancel()
  }
}
