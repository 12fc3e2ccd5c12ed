/**
 * Where the image lies in the canvas: pure functions between image pixels, CSS pixels and device pixels.
 *
 * Image coordinates are delivered pixels with the origin at the top left corner of the image: pixel (i, j) covers
 * [i, i + 1) × [j, j + 1). Canvas coordinates are CSS pixels from the canvas' top left corner.
 */
import { scaleBarLength } from '../../src-shared/scale-bar.ts'

/** The part of the specimen that is shown. */
export type ViewTransform = {
  /** CSS pixels per image pixel. */
  readonly zoom: number
  /** Image coordinates that lie at the canvas centre. */
  readonly centerX: number
  readonly centerY: number
}

/** A point of an image, or of the canvas. */
export type Point = { readonly x: number; readonly y: number }
/** Width and height, of an image in its pixels or of a canvas in CSS pixels. */
export type Size = { readonly width: number; readonly height: number }

/** Largest magnification: device pixels per image pixel. */
const maxZoomDevicePx = 64
/** Smallest magnification: the image is never shown smaller than this (unless fitting it needs less). */
const minShownCssPx = 32

/** A rectangle in an image, in its pixels. */
export type ImagePart = Size & { readonly left: number; readonly top: number }

/** The part of the image that lies in the canvas; its size is not positive where nothing does. */
export function visiblePart({ zoom, centerX, centerY }: ViewTransform, image: Size, canvas: Size): ImagePart {
  const left = Math.max(0, centerX - canvas.width / 2 / zoom)
  const top = Math.max(0, centerY - canvas.height / 2 / zoom)
  return {
    left,
    top,
    width: Math.min(image.width, centerX + canvas.width / 2 / zoom) - left,
    height: Math.min(image.height, centerY + canvas.height / 2 / zoom) - top,
  }
}

/** The view in which the whole image is as large as the canvas allows. `{ zoom: 1 }` when either has no area. */
export function fitView(image: Size, canvas: Size): ViewTransform {
  const zoom = Math.min(canvas.width / image.width, canvas.height / image.height)
  return {
    zoom: Number.isFinite(zoom) && zoom > 0 ? zoom : 1,
    centerX: image.width / 2,
    centerY: image.height / 2,
  }
}

/**
 * The view in which one image pixel is one device pixel, around `focus` (default: the image centre).
 * The centre is moved by less than a pixel, so that image pixels fall exactly on device pixels.
 */
export function actualSizeView(
  image: Size,
  canvas: Size,
  devicePixelRatio: number,
  focus?: Point,
): ViewTransform {
  const zoom = 1 / devicePixelRatio
  const view = { zoom, centerX: focus?.x ?? image.width / 2, centerY: focus?.y ?? image.height / 2 }
  const clamped = clampView(view, image, canvas)
  return {
    zoom,
    centerX: alignToPixels(clamped.centerX, canvas.width * devicePixelRatio),
    centerY: alignToPixels(clamped.centerY, canvas.height * devicePixelRatio),
  }
}

/** The centre next to `center` for which the left (top) canvas edge lies on an image pixel's edge, at one to one. */
function alignToPixels(center: number, canvasDevicePx: number): number {
  const half = Math.round(canvasDevicePx) / 2
  return Math.round(center - half) + half
}

/** Smallest and largest `zoom` for this image and canvas; fitting the image is always within. */
export function zoomLimits(
  image: Size,
  canvas: Size,
  devicePixelRatio: number,
): { min: number; max: number } {
  const fit = fitView(image, canvas).zoom
  const smallest = minShownCssPx / Math.max(1, Math.min(image.width, image.height))
  return {
    min: Math.min(fit, Math.max(fit / 4, smallest)),
    max: Math.max(fit, maxZoomDevicePx / devicePixelRatio),
  }
}

type ZoomOptions = {
  readonly image: Size
  readonly canvas: Size
  readonly devicePixelRatio: number
  /** Multiplies the zoom: above 1 magnifies. */
  readonly factor: number
  /** Canvas point that stays where it is, CSS pixels. */
  readonly at: Point
}

/** Zooms by `factor` within the limits, keeping the image point under `at` in place. */
export function zoomAt(
  view: ViewTransform,
  { image, canvas, devicePixelRatio, factor, at }: ZoomOptions,
): ViewTransform {
  const limits = zoomLimits(image, canvas, devicePixelRatio)
  const zoom = Math.min(limits.max, Math.max(limits.min, view.zoom * factor))
  const fixed = toImage(view, canvas, at)
  const zoomed = {
    zoom,
    centerX: fixed.x - (at.x - canvas.width / 2) / zoom,
    centerY: fixed.y - (at.y - canvas.height / 2) / zoom,
  }
  return clampView(zoomed, image, canvas)
}

/** The `zoomAt` factor of a wheel event: about 10 % per notch of a mouse wheel, smooth on a touchpad. */
export function wheelZoomFactor(event: { readonly deltaY: number; readonly deltaMode: number }): number {
  const cssPxPerUnit = [1, 16, 400][event.deltaMode] ?? 1
  const deltaPx = Math.max(-300, Math.min(300, event.deltaY * cssPxPerUnit))
  return 2 ** (-deltaPx / 700)
}

/** Moves the image by a drag of (`dx`, `dy`) CSS pixels. */
export function panBy(
  view: ViewTransform,
  drag: { dx: number; dy: number },
  image: Size,
  canvas: Size,
): ViewTransform {
  const moved = {
    ...view,
    centerX: view.centerX - drag.dx / view.zoom,
    centerY: view.centerY - drag.dy / view.zoom,
  }
  return clampView(moved, image, canvas)
}

/** Keeps the canvas filled by the image where the image is larger, and the image centred where it is smaller. */
export function clampView(view: ViewTransform, image: Size, canvas: Size): ViewTransform {
  return {
    zoom: view.zoom,
    centerX: clampCenter(view.centerX, image.width, canvas.width / view.zoom),
    centerY: clampCenter(view.centerY, image.height, canvas.height / view.zoom),
  }
}

function clampCenter(center: number, imagePx: number, visiblePx: number): number {
  if (visiblePx >= imagePx) return imagePx / 2
  return Math.min(imagePx - visiblePx / 2, Math.max(visiblePx / 2, center))
}

/** Image coordinates of a canvas point; they may lie outside the image. */
export function toImage(view: ViewTransform, canvas: Size, point: Point): Point {
  return {
    x: view.centerX + (point.x - canvas.width / 2) / view.zoom,
    y: view.centerY + (point.y - canvas.height / 2) / view.zoom,
  }
}

/** Canvas point of image coordinates; it may lie outside the canvas. */
export function toCanvas(view: ViewTransform, canvas: Size, point: Point): Point {
  return {
    x: (point.x - view.centerX) * view.zoom + canvas.width / 2,
    y: (point.y - view.centerY) * view.zoom + canvas.height / 2,
  }
}

/** How a delivered image lies in the camera's frame. */
export type ImageGeometry = {
  /** Delivered pixels. */
  readonly width: number
  readonly height: number
  /** The camera's frame, camera pixels. */
  readonly originalWidth: number
  readonly originalHeight: number
  /** Where in it the image begins, camera pixels. */
  readonly offsetX: number
  readonly offsetY: number
  /** Camera pixels per delivered pixel. */
  readonly subsampling: number
}

/** The view that keeps the same specimen in the same place when the stream's crop or subsampling changes. */
export function viewForGeometry(view: ViewTransform, from: ImageGeometry, to: ImageGeometry): ViewTransform {
  return {
    zoom: (view.zoom / from.subsampling) * to.subsampling,
    centerX: (view.centerX * from.subsampling + from.offsetX - to.offsetX) / to.subsampling,
    centerY: (view.centerY * from.subsampling + from.offsetY - to.offsetY) / to.subsampling,
  }
}

type ScaleBar = { readonly lengthUm: number; readonly lengthCssPx: number; readonly label: string }

const maxScaleBarCssPx = 160

/**
 * A scale bar of a round length (1, 2 or 5 times a power of ten µm): the longest of at most 160 CSS pixels, so 64 to
 * 160. Undefined when the pixel size is not known.
 */
export function scaleBar(pixelSizeUm: number | undefined, zoom: number): ScaleBar | undefined {
  if (pixelSizeUm === undefined || !(pixelSizeUm > 0) || !(zoom > 0)) return undefined
  const cssPxPerUm = zoom / pixelSizeUm
  const { lengthUm, label } = scaleBarLength(maxScaleBarCssPx / cssPxPerUm)
  return { lengthUm, lengthCssPx: lengthUm * cssPxPerUm, label }
}
