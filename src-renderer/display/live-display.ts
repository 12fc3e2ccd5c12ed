/** A live image in a `<canvas>`: the page's side of one display worker. */
import type { DisplayReport, DisplayRequest } from './display-messages.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type {
  DisplayError,
  DisplaySettings,
  DisplayState,
  DisplayStats,
  FramePixels,
  FrameSource,
  Histogram,
  Probe,
  SeenPicture,
  ShownFrame,
} from './display-types.ts'
import { VideoConnection, type VideoSignalling, type VideoStatistics } from './video-connection.ts'
import { PixelReads } from './pixel-reads.ts'
import type { Point, ViewTransform } from './view-transform.ts'

type Listener<Value> = (value: Value) => void

/**
 * Shows the frames of one camera at a time. Frames are received, decoded and drawn in a worker of its own; the page
 * hears about them only at a rate that suits a user interface.
 */
export class LiveDisplay {
  readonly #worker: Worker
  readonly #listeners = {
    frame: new Set<Listener<ShownFrame>>(),
    histogram: new Set<Listener<Histogram>>(),
    stats: new Set<Listener<DisplayStats>>(),
    probe: new Set<Listener<Probe | undefined>>(),
    state: new Set<Listener<DisplayState>>(),
  }
  readonly #reads = new PixelReads<FramePixels>()
  readonly #pictures = new PixelReads<SeenPicture>()
  readonly #signalling: VideoSignalling | undefined
  #disposed = false
  #state: DisplayState = { connection: 'connecting' }
  #video: VideoConnection | undefined
  #videoError: DisplayError | undefined
  #videoStatistics: VideoStatistics | undefined

  /**
   * Takes over the canvas (and the port): nothing else may draw into it, and it can be given away only once.
   * @param signalling for cameras watched by WebRTC
   */
  constructor(canvas: HTMLCanvasElement, source: FrameSource, signalling?: VideoSignalling) {
    this.#signalling = signalling
    this.#worker = new Worker(new URL('./display-worker.ts', import.meta.url), { type: 'module' })
    this.#worker.addEventListener('message', ({ data }: MessageEvent<DisplayReport>) => this.#receive(data))
    this.#worker.addEventListener('error', (event) => this.#fail(event.message))
    const offscreen = canvas.transferControlToOffscreen()
    const transfer: Transferable[] = source.kind === 'port' ? [offscreen, source.port] : [offscreen]
    this.#post({ type: 'open', canvas: offscreen, source }, transfer)
  }

  /**
   * Shows this camera's stream as soon as it has frames; undefined shows nothing.
   * @param protocol where it streams by several; absent: the first that comes, but never WebRTC
   */
  subscribe(detectorName: string | undefined, protocol?: Protocol): void {
    this.#video?.close()
    this.#video = undefined
    this.#videoStatistics = undefined
    this.#setVideoError(undefined)
    this.#post({ type: 'subscribe', detectorName, protocol })
    if (protocol === 'webrtc' && detectorName !== undefined) this.#openVideo(detectorName)
  }

  /** Makes a WebRTC connection anew, for a host that was away. */
  restartVideo(): void {
    this.#video?.restart()
  }

  /** Shows this part of the image. Until the first call, and for undefined, all of it is shown. */
  setView(view: ViewTransform | undefined): void {
    this.#post({ type: 'view', view })
  }

  setDisplay(settings: DisplaySettings): void {
    this.#post({ type: 'settings', settings })
  }

  /** Tells the canvas' size; it does not notice by itself. */
  resize(cssWidth: number, cssHeight: number, devicePixelRatio: number): void {
    this.#post({ type: 'resize', cssWidth, cssHeight, devicePixelRatio })
  }

  /** Reports what lies under this point of the canvas (CSS pixels), for every frame until `probe(undefined)`. */
  probe(point: Point | undefined): void {
    this.#post({ type: 'probe', point })
  }

  /**
   * The frame on screen, as delivered: original units, except 8-bit grey for JPEG streams (`frame.windowed`).
   * @throws Error when no frame is shown, or the display is disposed before it answers.
   */
  readPixels(): Promise<FramePixels> {
    if (this.#disposed) return Promise.reject(new Error('The display is closed'))
    return this.#reads.ask((id) => this.#post({ type: 'read-pixels', id }))
  }

  /**
   * What is seen: the picture, the frame and the part of it belong together, whatever was asked of the display meanwhile.
   * @param longest side of the picture, pixels; it is never larger than on screen
   * @throws Error when no frame is seen, or the display is disposed before it answers.
   */
  takePicture(longest: number): Promise<SeenPicture> {
    if (this.#disposed) return Promise.reject(new Error('The display is closed'))
    return this.#pictures.ask((id) => this.#post({ type: 'take-picture', id, longest }))
  }

  /** At most 10 times a second, and at once when size or part of the image change. Returns an unsubscriber. */
  onFrame(listener: Listener<ShownFrame>): () => void {
    return add(this.#listeners.frame, listener)
  }

  /** At most 5 times a second. Returns an unsubscriber. */
  onHistogram(listener: Listener<Histogram>): () => void {
    return add(this.#listeners.histogram, listener)
  }

  /** Twice a second while frames come in, and once when they have ended. Returns an unsubscriber. */
  onStats(listener: Listener<DisplayStats>): () => void {
    return add(this.#listeners.stats, listener)
  }

  /** At most 25 times a second; undefined when the point is outside the image. Returns an unsubscriber. */
  onProbe(listener: Listener<Probe | undefined>): () => void {
    return add(this.#listeners.probe, listener)
  }

  /** When connection or error change. Returns an unsubscriber. */
  onConnection(listener: Listener<DisplayState>): () => void {
    return add(this.#listeners.state, listener)
  }

  /** Ends the connection and the worker. The last picture stays in the canvas. */
  dispose(): void {
    if (this.#disposed) return
    this.#video?.close()
    this.#post({ type: 'close' })
    this.#disposed = true
    this.#reads.close()
    this.#pictures.close()
    for (const listeners of Object.values(this.#listeners)) listeners.clear()
  }

  #openVideo(detectorName: string): void {
    if (this.#signalling === undefined || this.#disposed) return
    const video = new VideoConnection(detectorName, this.#signalling, {
      onFrame: (image) => {
        if (this.#video === video) this.#post({ type: 'video-frame', image }, [image.bitmap])
      },
      onStatistics: (statistics) => {
        if (this.#video === video) this.#videoStatistics = statistics
      },
      onError: (error) => {
        if (this.#video === video) this.#setVideoError(error)
      },
    })
    this.#video = video
  }

  #setVideoError(error: DisplayError | undefined): void {
    if (this.#videoError === undefined && error === undefined) return
    this.#videoError = error
    this.#tellState()
  }

  #tellState(): void {
    const { connection, error } = this.#state
    tell(this.#listeners.state, { connection, error: this.#videoError ?? error })
  }

  #receive(report: DisplayReport): void {
    switch (report.type) {
      case 'video-taken':
        return this.#video?.taken()
      case 'frame':
        return tell(this.#listeners.frame, report.frame)
      case 'histogram':
        return tell(this.#listeners.histogram, report.histogram)
      case 'stats':
        return tell(this.#listeners.stats, this.#withVideo(report.stats))
      case 'probe':
        return tell(this.#listeners.probe, report.probe)
      case 'state':
        this.#state = report.state
        return this.#tellState()
      case 'pixels':
        return this.#reads.answer(report.id, report.content)
      case 'picture':
        return this.#pictures.answer(report.id, report.content)
    }
  }

  /** The worker does not see what happens to a video before its frames come out. */
  #withVideo(stats: DisplayStats): DisplayStats {
    const video = this.#videoStatistics
    if (video === undefined) return stats
    const { bytesPerSecond, roundTripMs, dropped } = video
    return { ...stats, bytesPerSecond, roundTripMs, missed: dropped }
  }

  #fail(reason: string): void {
    tell(this.#listeners.state, {
      connection: 'lost',
      error: {
        code: 'INTERNAL',
        message: `The live display has failed${reason === '' ? '' : ` (${reason})`}.`,
        hint: 'Reload the page.',
      },
    })
  }

  #post(request: DisplayRequest, transfer: Transferable[] = []): void {
    if (!this.#disposed) this.#worker.postMessage(request, transfer)
  }
}

function add<Value>(listeners: Set<Listener<Value>>, listener: Listener<Value>): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell<Value>(listeners: ReadonlySet<Listener<Value>>, value: Value): void {
  for (const listener of [...listeners]) listener(value)
}
