/** Draws what a display shows, when there is something new to see and the GPU keeps up. */
import { CoverslipError } from '../../src-shared/errors.ts'
import type { DisplayError, DisplaySettings } from './display-types.ts'
import { DrawQuality, stillAfterMs } from './draw-quality.ts'
import { FenceWatch } from './fence-watch.ts'
import { type CanvasSize, ImageRenderer, NoWebGl2Error, tapsFor } from './image-renderer.ts'
import type { ImagePixels } from './image-textures.ts'
import {
  fitView,
  type ImageGeometry,
  type ImagePart,
  type Size,
  type ViewTransform,
  viewForGeometry,
  visiblePart,
} from './view-transform.ts'

/** What can be painted. */
export type Picture = {
  readonly frame: ImageGeometry
  /** Images of one size, whose colours add up; mostly one. */
  readonly layers: readonly ImagePixels[]
}

type PainterOptions<Shown extends Picture> = {
  readonly canvas: OffscreenCanvas
  /** Makes the newest image the one that is shown, and returns it; undefined: there is no newer one. */
  advance(): Shown | undefined
  /** The image that is shown. */
  shown(): Shown | undefined
  /** A new image is on the canvas; its drawing began at `startedMs`. */
  onDrawn(image: Shown, startedMs: number): void
  /** Why nothing is drawn; undefined when the cause is gone. */
  onError(error: DisplayError | undefined): void
  /** Median time to draw an image, ms. */
  drawMs(): number
}

/** Keeps the canvas up to date with image, view and settings. */
export class ImagePainter<Shown extends Picture> {
  readonly #options: PainterOptions<Shown>
  readonly #renderer: ImageRenderer | undefined
  readonly #fences = new FenceWatch((fence) => this.#renderer?.passed(fence) ?? true)
  readonly #quality = new DrawQuality()
  /** Undefined: the whole image. */
  #view: ViewTransform | undefined
  #settings: readonly DisplaySettings[] = [
    { low: 0, high: 65_535, gamma: 1, lut: 'gray', markSaturated: false },
  ]
  #size: CanvasSize = { cssWidth: 300, cssHeight: 150, devicePixelRatio: 1 }
  #tickRequested = false
  #refineTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: PainterOptions<Shown>) {
    this.#options = options
    this.#renderer = this.#createRenderer(options.canvas)
  }

  /** Draws soon: at the next animation frame. */
  request(): void {
    if (this.#tickRequested) return
    this.#tickRequested = true
    requestAnimationFrame(() => this.#tick())
  }

  setView(view: ViewTransform | undefined): void {
    this.#view = view
    this.request()
  }

  /** @param settings of each layer */
  setSettings(settings: readonly DisplaySettings[]): void {
    this.#settings = settings
    this.request()
  }

  resize(size: CanvasSize): void {
    this.#size = size
    this.request()
  }

  /** The image has another size, or is another part of the camera's: the view keeps showing the same specimen. */
  changeGeometry(before: ImageGeometry, after: ImageGeometry): void {
    if (this.#view !== undefined) this.#view = viewForGeometry(this.#view, before, after)
  }

  /** The view that is drawn: the one that was set, or else the whole image. */
  get view(): ViewTransform {
    return this.#view ?? fitView(this.#options.shown()?.frame ?? { width: 1, height: 1 }, this.canvasCss)
  }

  /** Largest width and height of an image that can be drawn; undefined without graphics. */
  get maxSize(): number | undefined {
    return this.#renderer?.maxSize
  }

  /** Size of the canvas, CSS pixels. */
  get canvasCss(): Size {
    return { width: this.#size.cssWidth, height: this.#size.cssHeight }
  }

  /**
   * Draws the image that is shown, and takes a picture of what is seen of it.
   * @param longest side of the picture, pixels; it is never larger than on screen
   * @returns undefined when nothing of it is seen, or the graphics card does not give it
   */
  async takePicture(longest: number): Promise<{ part: ImagePart; bitmap: ImageBitmap } | undefined> {
    const { view, canvasCss } = this
    const { devicePixelRatio } = this.#size
    const image = this.#options.shown()?.frame
    if (image === undefined || this.#renderer === undefined || this.#renderer.lost) return undefined
    const part = visiblePart(view, image, canvasCss)
    const scale = view.zoom * devicePixelRatio
    const [width, height] = [Math.round(part.width * scale), Math.round(part.height * scale)]
    if (width < 1 || height < 1) return undefined
    this.#renderer.draw(view, this.#settings, this.#size, tapsFor(1 / scale))
    const shrink = Math.min(1, longest / Math.max(width, height))
    // At once: what was drawn can be read only until this task ends.
    const bitmap = await createImageBitmap(
      this.#options.canvas,
      Math.round((part.left - view.centerX) * scale + (canvasCss.width / 2) * devicePixelRatio),
      Math.round((part.top - view.centerY) * scale + (canvasCss.height / 2) * devicePixelRatio),
      width,
      height,
      {
        resizeWidth: Math.max(1, Math.round(width * shrink)),
        resizeHeight: Math.max(1, Math.round(height * shrink)),
        resizeQuality: 'medium',
      },
      // Refused where the context is lost meanwhile, which is told otherwise.
    ).catch(() => undefined)
    return bitmap === undefined ? undefined : { part, bitmap }
  }

  /** Forgets image and view: the background is shown. */
  clear(): void {
    this.#view = undefined
    this.#renderer?.clear()
    this.request()
  }

  close(): void {
    clearTimeout(this.#refineTimer)
  }

  #createRenderer(canvas: OffscreenCanvas): ImageRenderer | undefined {
    const { shown, onError } = this.#options
    try {
      const renderer = new ImageRenderer(canvas)
      canvas.addEventListener('webglcontextlost', (event) => {
        // Without this the context would not be restored.
        event.preventDefault()
        onError({
          code: 'GRAPHICS_LOST',
          message: 'The graphics card has dropped the picture.',
          hint: 'It comes back by itself; reload the page if it does not.',
        })
      })
      canvas.addEventListener('webglcontextrestored', () => {
        renderer.restore()
        onError(undefined)
        const image = shown()
        if (image !== undefined) this.#upload(renderer, image)
        this.request()
      })
      return renderer
    } catch (error) {
      onError(error instanceof NoWebGl2Error ? error.display : describeError(error))
      return undefined
    }
  }

  #tick(): void {
    this.#tickRequested = false
    const { advance, onDrawn } = this.#options
    const renderer = this.#renderer
    // Without graphics frames are still received, so that statistics, pixel values and histogram go on.
    if (renderer === undefined || renderer.lost) {
      advance()
      return
    }
    if (this.#fences.full) return this.request()
    const startedMs = performance.now()
    const next = advance()
    if (next !== undefined) {
      this.#quality.frame(startedMs)
      this.#upload(renderer, next)
    }
    const { view } = this
    renderer.draw(view, this.#settings, this.#size, this.#quality.taps(startedMs))
    if (next === undefined) return
    const fence = renderer.fence()
    if (fence !== undefined) this.#fences.add(fence, () => onDrawn(next, startedMs))
    this.#refineLater(view)
  }

  #upload(renderer: ImageRenderer, { layers }: Picture): void {
    const { onError } = this.#options
    try {
      renderer.upload(layers)
      onError(undefined)
    } catch (error) {
      renderer.clear()
      onError(describeError(error))
    }
  }

  #refineLater(view: ViewTransform): void {
    const wanted = tapsFor(1 / (view.zoom * this.#size.devicePixelRatio))
    const rough = this.#quality.learn(performance.now(), wanted, this.#options.drawMs())
    clearTimeout(this.#refineTimer)
    if (rough) this.#refineTimer = setTimeout(() => this.request(), stillAfterMs + 10)
  }
}

/** An error as shown to the user. */
export function describeError(error: unknown): DisplayError {
  const { code, message, hint } = CoverslipError.from(error)
  return { code, message, hint }
}
