/** Zoom and pan. */
import {
  actualSizeView,
  clampView,
  fitView,
  panBy,
  type Point,
  type Size,
  type ViewTransform,
  zoomAt,
} from '../display/view-transform.ts'
import type { ImageOnShow, Viewport } from '../stores/shown-store.ts'

function setView(
  onShow: ImageOnShow,
  change: (viewport: Viewport, image: Size) => ViewTransform,
  fit = false,
): void {
  onShow.shown.setState(({ viewport, frame }) => {
    if (frame === undefined) return {}
    return { viewport: { ...viewport, fit, view: change(viewport, frame) } }
  })
}

/** Shows the whole image, and keeps it so when the window changes. */
export function fitImage(onShow: ImageOnShow): void {
  setView(onShow, ({ canvas }, image) => fitView(image, canvas), true)
}

/** One image pixel per device pixel, around what is in the middle now. */
export function actualSize(onShow: ImageOnShow): void {
  setView(onShow, ({ view, canvas, devicePixelRatio }, image) =>
    actualSizeView(image, canvas, devicePixelRatio, { x: view.centerX, y: view.centerY }),
  )
}

/** Zooms by `factor` around canvas point `at` (CSS px), or the middle. */
export function zoomBy(onShow: ImageOnShow, factor: number, at?: Point): void {
  setView(onShow, ({ view, canvas, devicePixelRatio }, image) =>
    zoomAt(view, {
      image,
      canvas,
      devicePixelRatio,
      factor,
      at: at ?? { x: canvas.width / 2, y: canvas.height / 2 },
    }),
  )
}

/** Moves the image by CSS pixels. */
export function pan(onShow: ImageOnShow, dx: number, dy: number): void {
  const { viewport, frame } = onShow.shown.getState()
  // A fitted image lies still: dragging it would only end the fit.
  if (viewport.fit || frame === undefined) return
  setView(onShow, ({ view, canvas }, image) => panBy(view, { dx, dy }, image, canvas))
}

/** Tells how large the canvas is now. */
export function resizeCanvas(onShow: ImageOnShow, canvas: Size, devicePixelRatio: number): void {
  onShow.display.resize(canvas.width, canvas.height, devicePixelRatio)
  onShow.shown.setState(({ viewport, frame }) => {
    const view =
      frame === undefined
        ? viewport.view
        : viewport.fit
          ? fitView(frame, canvas)
          : clampView(viewport.view, frame, canvas)
    return { viewport: { ...viewport, view, canvas, devicePixelRatio } }
  })
}
