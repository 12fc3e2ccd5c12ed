import { type MouseEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { centreStageAt } from '../actions/stage-actions.ts'
import { pan, resizeCanvas, zoomBy } from '../actions/view-actions.ts'
import { toImage, wheelZoomFactor } from '../display/view-transform.ts'
import { useEngine, useServices, useShown } from '../services.ts'
import { xyStage } from '../stores/selectors.ts'
import { ImageMessage } from './image-message.tsx'
import styles from './image-view.module.css'
import { PixelReadout } from './pixel-readout.tsx'
import { ScaleBarView } from './scale-bar-view.tsx'

/** One camera's image, as large as its pane allows: wheel zooms, drag pans, double click centres the stage. */
export function ImageView() {
  const services = useServices()
  const host = useRef<HTMLDivElement>(null)
  const lost = useEngine((state) => state.connection.state === 'lost' && state.synchronised)
  useCanvas(host)
  const gestures = useGestures(host)
  const movable = useEngine((state) => xyStage(state.devices) !== undefined)

  function onDoubleClick(event: MouseEvent<HTMLDivElement>) {
    const { viewport } = services.shown.getState()
    const box = event.currentTarget.getBoundingClientRect()
    const at = { x: event.clientX - box.left, y: event.clientY - box.top }
    centreStageAt(services, toImage(viewport.view, viewport.canvas, at))
  }

  return (
    <div className={styles['view']}>
      <div
        ref={host}
        className={styles['host']}
        data-image=""
        data-lost={lost || undefined}
        data-dragging={gestures.dragging || undefined}
        role="application"
        aria-label={
          movable
            ? 'Live image. Arrow keys move the stage, Page up and Page down focus, plus and minus zoom.'
            : 'Live image. Plus and minus zoom.'
        }
        tabIndex={0}
        onPointerDown={gestures.onPointerDown}
        onPointerMove={gestures.onPointerMove}
        onPointerUp={gestures.onPointerEnd}
        onPointerCancel={gestures.onPointerEnd}
        onPointerLeave={() => services.display.probe(undefined)}
        onDoubleClick={onDoubleClick}
      />
      <ImageMessage />
      <div className={styles['bottom']}>
        <PixelReadout />
        <ScaleBarView />
      </div>
    </div>
  )
}

/** Puts the display's canvas into `host` and keeps it as large. */
function useCanvas(host: RefObject<HTMLDivElement | null>) {
  const services = useServices()
  useEffect(() => {
    const element = host.current
    if (element === null) return
    element.append(services.canvas)
    const resize = () => {
      const { width, height } = element.getBoundingClientRect()
      if (width > 0 && height > 0) resizeCanvas(services, { width, height }, window.devicePixelRatio)
    }
    const observer = new ResizeObserver(resize)
    observer.observe(element)
    // Moving to a screen of another density does not change the size in CSS pixels.
    window.addEventListener('resize', resize)
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      zoomBy(services, wheelZoomFactor(event), { x: event.clientX - box.left, y: event.clientY - box.top })
    }
    // Not by React, whose wheel listeners are passive.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', resize)
      element.removeEventListener('wheel', onWheel)
      services.canvas.remove()
    }
  }, [host, services])
}

type Finger = { readonly x: number; readonly y: number }

/** Drag with one pointer pans, two pinch. */
function useGestures(host: RefObject<HTMLDivElement | null>) {
  const services = useServices()
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
    services.display.probe({ x: event.clientX - box.left, y: event.clientY - box.top })
    const before = pointers.current.get(event.pointerId)
    if (before === undefined) return
    const now = { x: event.clientX, y: event.clientY }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (other === undefined) {
      pan(services, now.x - before.x, now.y - before.y)
      return
    }
    const distance = (finger: Finger) => Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y))
    const at = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top }
    zoomBy(services, distance(now) / distance(before), at)
    pan(services, (now.x - before.x) / 2, (now.y - before.y) / 2)
  }

  function onPointerEnd(event: PointerEvent<HTMLDivElement>) {
    pointers.current.delete(event.pointerId)
    if (pointers.current.size === 0) setDragging(false)
  }

  return { dragging, onPointerDown, onPointerMove, onPointerEnd }
}
