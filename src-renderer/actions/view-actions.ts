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
import type { Services } from '../services.ts'
import type { Viewport } from '../stores/shown-store.ts'

function setView(
  services: Services,
  change: (viewport: Viewport, image: Size) => ViewTransform,
  fit = false,
): void {
  services.shown.setState(({ viewport, frame }) => {
    if (frame === undefined) return {}
    return { viewport: { ...viewport, fit, view: change(viewport, frame) } }
  })
}

/** Shows the whole image, and keeps it so when the window changes. */
export function fitImage(services: Services): void {
  setView(services, ({ canvas }, image) => fitView(image, canvas), true)
}

/** One image pixel per device pixel, around what is in the middle now. */
export function actualSize(services: Services): void {
  setView(services, ({ view, canvas, devicePixelRatio }, image) =>
    actualSizeView(image, canvas, devicePixelRatio, { x: view.centerX, y: view.centerY }),
  )
}

/** Zooms by `factor` around canvas point `at` (CSS px), or the middle. */
export function zoomBy(services: Services, factor: number, at?: Point): void {
  setView(services, ({ view, canvas, devicePixelRatio }, image) =>
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
export function pan(services: Services, dx: number, dy: number): void {
  const { viewport, frame } = services.shown.getState()
  // A fitted image lies still: dragging it would only end the fit.
  if (viewport.fit || frame === undefined) return
  setView(services, ({ view, canvas }, image) => panBy(view, { dx, dy }, image, canvas))
}

/** Tells how large the canvas is now. */
export function resizeCanvas(services: Services, canvas: Size, devicePixelRatio: number): void {
  services.display.resize(canvas.width, canvas.height, devicePixelRatio)
  services.shown.setState(({ viewport, frame }) => {
    const view =
      frame === undefined
        ? viewport.view
        : viewport.fit
          ? fitView(frame, canvas)
          : clampView(viewport.view, frame, canvas)
    return { viewport: { ...viewport, view, canvas, devicePixelRatio } }
  })
}
