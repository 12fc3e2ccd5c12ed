import { type HTMLAttributes, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { pan, resizeCanvas, zoomBy } from '../actions/view-actions.ts'
import { wheelZoomFactor } from '../display/view-transform.ts'
import { useImage, useShown } from '../services.ts'
import styles from './image-view.module.css'

export type ImageCanvasProps = Pick<HTMLAttributes<HTMLDivElement>, 'onDoubleClick'> & {
  /** Accessible name: what it shows, and what the keys do. */
  readonly label: string
  /** What is shown is not up to date. */
  readonly dimmed?: boolean
  /** Keys are for the image as soon as it appears. */
  readonly focused?: boolean
}

/** The canvas of the image that the component is about, as large as there is room: wheel zooms, drag pans. */
export function ImageCanvas({ label, dimmed = false, focused = false, onDoubleClick }: ImageCanvasProps) {
  const image = useImage()
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focused) host.current?.focus()
  }, [focused])
  useCanvas(host)
  const gestures = useGestures(host)
  return (
    <div
      ref={host}
      className={styles['host']}
      data-image=""
      data-lost={dimmed || undefined}
      data-dragging={gestures.dragging || undefined}
      role="application"
      aria-label={label}
      tabIndex={0}
      onPointerDown={gestures.onPointerDown}
      onPointerMove={gestures.onPointerMove}
      onPointerUp={gestures.onPointerEnd}
      onPointerCancel={gestures.onPointerEnd}
      onPointerLeave={() => image.display.probe(undefined)}
      onDoubleClick={onDoubleClick}
    />
  )
}

/** Puts the display's canvas into `host` and keeps it as large. */
function useCanvas(host: RefObject<HTMLDivElement | null>) {
  const image = useImage()
  useEffect(() => {
    const element = host.current
    if (element === null) return
    element.append(image.canvas)
    const resize = () => {
      const { width, height } = element.getBoundingClientRect()
      if (width > 0 && height > 0) resizeCanvas(image, { width, height }, window.devicePixelRatio)
    }
    const observer = new ResizeObserver(resize)
    observer.observe(element)
    // Moving to a screen of another density does not change the size in CSS pixels.
    window.addEventListener('resize', resize)
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      zoomBy(image, wheelZoomFactor(event), { x: event.clientX - box.left, y: event.clientY - box.top })
    }
    // Not by React, whose wheel listeners are passive.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', resize)
      element.removeEventListener('wheel', onWheel)
      image.canvas.remove()
    }
  }, [host, image])
}

type Finger = { readonly x: number; readonly y: number }

/** Drag with one pointer pans, two pinch. */
function useGestures(host: RefObject<HTMLDivElement | null>) {
  const image = useImage()
  const pointers = useRef(new Map<number, Finger>())
  const [dragging, setDragging] = useState(false)
  const fitted = useShown((state) => state.viewport.fit)

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    setDragging(!fitted)
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    const box = host.current?.getBoundingClientRect()
    if (box === undefined) return
    image.display.probe({ x: event.clientX - box.left, y: event.clientY - box.top })
    const before = pointers.current.get(event.pointerId)
    if (before === undefined) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (other === undefined) {
      pan(image, now.x - before.x, now.y - before.y)
      return
    }
    const distance = (finger: Finger) => Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y))
    const at = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top }
    zoomBy(image, distance(now) / distance(before), at)
    pan(image, (now.x - before.x) / 2, (now.y - before.y) / 2)
  }

  function onPointerEnd(event: PointerEvent<HTMLDivElement>) {
    pointers.current.delete(event.pointerId)
    if (pointers.current.size === 0) setDragging(false)
  }

  return { dragging, onPointerDown, onPointerMove, onPointerEnd }
}
