import { useEffect } from 'react'
import type { ShownFrame } from '../../../display/display-types.ts'
import { type Services, useServices } from '../../../services.ts'
import type { Viewport } from '../../../stores/shown-store.ts'

/** The stage is looked at so often, ms; a picture is taken where it has not moved meanwhile. */
const periodMs = 700
/** Longer side of a picture, pixels. */
const pictureSize = 256

/** Keeps what is seen live for the map, wherever the stage rests. */
export function useOverviewCapture(): void {
  const services = useServices()
  useEffect(() => {
    let before: ShownFrame | undefined
    let kept: ShownFrame | undefined
    const timer = setInterval(() => {
      const { frame, viewport } = services.shown.getState()
      const rests = frame !== undefined && before !== undefined && isSamePlace(frame, before)
      const isNew = kept === undefined || (frame !== undefined && !isSamePlace(frame, kept))
      if (rests && isNew && frame.frameId !== before?.frameId) {
        void keepPicture(services, frame, viewport).then((done) => {
          if (done) kept = frame
        })
      }
      before = frame
    }, periodMs)
    return () => clearInterval(timer)
  }, [services])
}

function isSamePlace(a: ShownFrame, b: ShownFrame): boolean {
  return (
    a.stage?.x === b.stage?.x &&
    a.stage?.y === b.stage?.y &&
    a.stage?.z === b.stage?.z &&
    a.channel === b.channel &&
    a.detectorName === b.detectorName
  )
}

/** @returns false when there was no picture to be had: not drawn yet, or gone meanwhile */
async function keepPicture(
  { canvas, overview }: Services,
  frame: ShownFrame,
  viewport: Viewport,
): Promise<boolean> {
  const { stage, pixelSizeUm } = frame
  if (stage?.x === undefined || stage.y === undefined || pixelSizeUm === undefined) return true
  const { view, canvas: size, devicePixelRatio } = viewport
  // The part of the image that is seen, in its pixels.
  const left = Math.max(0, view.centerX - size.width / 2 / view.zoom)
  const top = Math.max(0, view.centerY - size.height / 2 / view.zoom)
  const right = Math.min(frame.width, view.centerX + size.width / 2 / view.zoom)
  const bottom = Math.min(frame.height, view.centerY + size.height / 2 / view.zoom)
  const toCanvas = (pixels: number) => pixels * view.zoom * devicePixelRatio
  const width = toCanvas(right - left)
  const height = toCanvas(bottom - top)
  if (!(width >= 2) || !(height >= 2)) return false
  const shrink = Math.min(1, pictureSize / Math.max(width, height))
  const bitmap = await createImageBitmap(
    canvas,
    Math.round(toCanvas(left - view.centerX) + (size.width / 2) * devicePixelRatio),
    Math.round(toCanvas(top - view.centerY) + (size.height / 2) * devicePixelRatio),
    Math.round(width),
    Math.round(height),
    {
      resizeWidth: Math.max(1, Math.round(width * shrink)),
      resizeHeight: Math.max(1, Math.round(height * shrink)),
      resizeQuality: 'medium',
    },
  ).catch(() => undefined)
  if (bitmap === undefined) return false
  overview.add({
    bitmap,
    leftUm: stage.x + (left - frame.width / 2) * pixelSizeUm,
    topUm: stage.y + (top - frame.height / 2) * pixelSizeUm,
    widthUm: (right - left) * pixelSizeUm,
    heightUm: (bottom - top) * pixelSizeUm,
  })
  return true
}
