import type { KeyboardEvent, PointerEvent } from 'react'
import styles from './resize-handle.module.css'

type ResizeHandleProps = {
  readonly label: string
  /** Width of the panel, CSS px, and its limits. */
  readonly width: number
  readonly min: number
  readonly max: number
  /** On which side of the handle the panel is. */
  readonly panel: 'left' | 'right'
  onResize(width: number): void
}

const keyStepPx = 16

/** The edge of a side panel, to be dragged or moved with the arrow keys (ARIA: a window splitter). */
export function ResizeHandle({ label, width, min, max, panel, onResize }: ResizeHandleProps) {
  const sign = panel === 'left' ? 1 : -1
  const resize = (wanted: number) => onResize(Math.max(min, Math.min(max, Math.round(wanted))))

  function onPointerDown(down: PointerEvent<HTMLDivElement>) {
    const handle = down.currentTarget
    handle.setPointerCapture(down.pointerId)
    const onMove = (move: globalThis.PointerEvent) => resize(width + sign * (move.clientX - down.clientX))
    const onEnd = () => {
      handle.removeEventListener('pointermove', onMove)
      handle.removeEventListener('lostpointercapture', onEnd)
    }
    handle.addEventListener('pointermove', onMove)
    handle.addEventListener('lostpointercapture', onEnd)
  }
  function onKeyDown(event: KeyboardEvent) {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (direction !== 0) resize(width + sign * direction * keyStepPx)
  }
  return (
    <div
      className={styles['handle']}
      role="separator"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
