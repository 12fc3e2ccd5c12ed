import { toCanvas } from '../../display/view-transform.ts'
import { useShown, useViewerState } from '../../services.ts'
import { lengthText } from './line-words.ts'
import styles from './measured-line.module.css'

/** The line that was drawn, over the image, with its length. */
export function MeasuredLine() {
  const line = useViewerState((state) => state.line)
  const view = useShown((state) => state.viewport.view)
  const canvas = useShown((state) => state.viewport.canvas)
  const pixelSizeUm = useShown((state) => state.frame?.pixelSizeUm)
  if (line === undefined) return null
  const from = toCanvas(view, canvas, line.from)
  const to = toCanvas(view, canvas, line.to)
  return (
    <div className={styles['layer']}>
      <svg className={styles['drawing']} aria-hidden="true">
        {/* Dark below bright: it is seen on any image. */}
        {['under', 'over'].map((place) => (
          <g key={place} className={styles[place]}>
            <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
            <circle cx={from.x} cy={from.y} r={3.5} />
            <circle cx={to.x} cy={to.y} r={3.5} />
          </g>
        ))}
      </svg>
      <output
        className={styles['length']}
        aria-label="Length of the line"
        style={{ left: (from.x + to.x) / 2, top: (from.y + to.y) / 2 }}
      >
        {lengthText(line, pixelSizeUm)}
      </output>
    </div>
  )
}
