import { type HTMLAttributes, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { pan, resizeCanvas, zoomBy } from '../actions/view-actions.ts'
import { type Point, wheelZoomFactor } from '../display/view-transform.ts'
import { useImage, useShown } from '../services.ts'
import styles from './image-view.module.css'

type ImageCanvasProps = Pick<HTMLAttributes<HTMLDivElement>, 'onDoubleClick'> & {
  /** Accessible name: what it shows, and what the keys do. */
  readonly label: string
  /** What is shown is not up to date. */
  readonly dimmed?: boolean
  /**
   * What a drag by one pointer does instead of moving the image: told where it begins, gives what follows it, or nothing
   * where the image shall move. Points of the canvas, CSS px.
   */
  readonly onDrag?:
    | ((start: Point) => ((to: Point, event: { readonly shiftKey: boolean }) => void) | undefined)
    | undefined
  /** Keys are for the image as soon as it appears. */
  readonly focused?: boolean
}

/** The canvas of the image that the component is about, as large as there is room: wheel zooms, drag pans. */
export function ImageCanvas(props: ImageCanvasProps) {
  const { label, dimmed = false, focused = false, onDrag, onDoubleClick } = props
  const image = useImage()
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focused) host.current?.focus()
  }, [focused])
  useCanvas(host)
  const gestures = useGestures(host, onDrag)
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

/** Drag with one pointer pans, or does what `onDrag` says; two pinch. */
function useGestures(host: RefObject<HTMLDivElement | null>, onDrag: ImageCanvasProps['onDrag']) {
  const image = useImage()
  const pointers = useRef(new Map<number, Point>())
  const follow = useRef<ReturnType<NonNullable<typeof onDrag>>>(undefined)
  const [dragging, setDragging] = useState(false)
  const fitted = useShown((state) => state.viewport.fit)

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    const box = event.currentTarget.getBoundingClientRect()
    // A second finger ends the drag of the first.
    follow.current =
      pointers.current.size === 1
        ? onDrag?.({ x: event.clientX - box.left, y: event.clientY - box.top })
        : undefined
    setDragging(!fitted && follow.current === undefined)
  }

  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    const box = host.current?.getBoundingClientRect()
    if (box === undefined) return
    const point = { x: event.clientX - box.left, y: event.clientY - box.top }
    image.display.probe(point)
    const before = pointers.current.get(event.pointerId)
    if (before === undefined) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (follow.current !== undefined) {
      follow.current(point, event)
      return
    }
    if (other === undefined) {
      pan(image, now.x - before.x, now.y - before.y)
      return
    }
    const distance = (finger: Point) => Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y))
    const at = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top }
    zoomBy(image, distance(now) / distance(before), at)
    pan(image, (now.x - before.x) / 2, (now.y - before.y) / 2)
  }

  function onPointerEnd(event: PointerEvent<HTMLDivElement>) {
    pointers.current.delete(event.pointerId)
    follow.current = undefined
    if (pointers.current.size === 0) setDragging(false)
  }

  return { dragging, onPointerDown, onPointerMove, onPointerEnd }
}
