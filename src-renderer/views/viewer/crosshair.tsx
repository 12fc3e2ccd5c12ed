import type { Point } from '../../display/view-transform.ts'
import { toCanvas } from '../../display/view-transform.ts'
import { useShown, useViewerState } from '../../services.ts'
import { crosshairOf } from '../../stores/viewer-store.ts'
import styles from './sections.module.css'

/** Where the cuts through the stack meet, over its plane. */
export function Crosshair() {
  const x = useViewerState((state) => crosshairOf(state).x)
  const y = useViewerState((state) => crosshairOf(state).y)
  const view = useShown((state) => state.viewport.view)
  const canvas = useShown((state) => state.viewport.canvas)
  return <CrosshairLines at={toCanvas(view, canvas, { x: x + 0.5, y: y + 0.5 })} />
}

/** @param at of the canvas, CSS px */
export function CrosshairLines({ at }: { readonly at: Point }) {
  return (
    <svg className={styles['lines']} aria-hidden="true">
      {/* Dark below bright: they are seen on any image. */}
      {['under', 'over'].map((place) => (
        <g key={place} className={styles[place]}>
          <line x1={at.x} x2={at.x} y1="0" y2="100%" />
          <line x1="0" x2="100%" y1={at.y} y2={at.y} />
        </g>
      ))}
    </svg>
  )
}
