/** Draws the pictures of an export: planes as the viewer shows them, and what is burnt in. */
import { CoverslipError } from '../../src-shared/errors.ts'
import { ImageRenderer, mostTaps } from '../display/image-renderer.ts'
import type { ImagePixels } from '../display/image-textures.ts'
import { planeHistogram } from '../display/plane-histogram.ts'
import { type ChannelLook, displaySettings, maxValueOf, withHistogram } from '../stores/channel-look.ts'
import { burntInLayout, type BurntInLayout, drawBurntIn } from './burnt-in.ts'
import type { ExportJob, ExportPicture } from './export-messages.ts'
import type { Plane } from './plane-decoder.ts'

export class PictureDrawer {
  /** What was drawn last. */
  readonly context: OffscreenCanvasRenderingContext2D
  readonly #job: ExportJob
  readonly #image: OffscreenCanvas
  readonly #renderer: ImageRenderer
  readonly #layout: BurntInLayout
  readonly #looks: ChannelLook[]

  /** @throws NoWebGl2Error; CoverslipError TOO_LARGE */
  constructor(job: ExportJob) {
    this.#job = job
    const { width, height } = job.size
    this.#image = new OffscreenCanvas(width, height)
    this.#renderer = new ImageRenderer(this.#image)
    if (Math.max(width, height) > this.#renderer.maxSize)
      throw new CoverslipError(
        'TOO_LARGE',
        `Pictures of ${width} × ${height} pixels are larger than this browser draws`,
        { hint: 'Choose a smaller size, or export raw values.' },
      )
    const canvas = new OffscreenCanvas(width, height)
    // In the processor's memory, where every picture goes: from that of a graphics card each would have to be waited for.
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })
    if (context === null) throw new Error('This browser cannot draw into memory')
    this.context = context
    this.#layout = burntInLayout(job.size, job.pixelSizeUm)
    this.#looks = [...job.look.looks]
  }

  /** Largest width and height of planes that the graphics card draws. */
  get maxSize(): number {
    return this.#renderer.maxSize
  }

  /** @throws CoverslipError INTERNAL when the graphics card was lost */
  draw(planes: readonly Plane[], { time, labels }: Pick<ExportPicture, 'time' | 'labels'>): void {
    const { size, look, dataset } = this.#job
    const maxValue = maxValueOf(dataset)
    const settings = planes.map(({ channel, image }) =>
      displaySettings(this.#lookOf(channel, image), {
        maxValue,
        markSaturated: look.markSaturated,
        mosaic: look.mosaic,
      }),
    )
    this.#renderer.upload(planes.map(({ image }) => image))
    const zoom = zoomOf(planes[0]?.image, size)
    // From the upper left corner: of odd sides the last row or column is left out.
    const view = { zoom, centerX: size.width / 2 / zoom, centerY: size.height / 2 / zoom }
    const canvas = { cssWidth: size.width, cssHeight: size.height, devicePixelRatio: 1 }
    this.#renderer.draw(view, settings, canvas, mostTaps)
    // What it would show then is black.
    if (this.#renderer.lost)
      throw new CoverslipError('INTERNAL', 'The graphics card stopped while it drew the pictures', {
        hint: 'Try again, with smaller pictures; close other windows that use it.',
      })
    this.context.drawImage(this.#image, 0, 0)
    drawBurntIn(this.context, this.#layout, { time, labels })
  }

  /** A channel whose contrast nobody has set gets one that fits its first plane, and keeps it. */
  #lookOf(channel: number, image: ImagePixels): ChannelLook {
    const look = this.#looks[channel]
    if (look === undefined) throw new RangeError(`The export knows no channel ${channel}`)
    if (look.window !== undefined || !('pixels' in image)) return look
    const { significantBits } = this.#job.dataset
    const rowSamples = image.pixels.length / image.height
    const fitting = withHistogram(look, planeHistogram({ pixels: image.pixels, rowSamples, significantBits }))
    this.#looks[channel] = fitting
    return fitting
  }
}

/** Pixels of the picture per pixel of `image`; 1 where all but an odd row or column is there. */
function zoomOf(image: ImagePixels | undefined, { width, height }: ExportJob['size']): number {
  if (image === undefined) return 1
  if (image.width - width < 2 && image.height - height < 2) return 1
  return Math.max(width / image.width, height / image.height)
}
