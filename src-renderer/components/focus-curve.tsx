import type { FocusStatus } from '../../src-shared/focus.ts'
import { fixed } from './format.ts'
import styles from './focus-curve.module.css'

/** Sharpness over z: what a search for the focus has measured until now, and where it has found the focus. */
export function FocusCurve({ status }: { readonly status: FocusStatus }) {
  const { fromUm, toUm, foundUm, curve } = status
  const x = (zUm: number) => (zUm - fromUm) / Math.max(1e-9, toUm - fromUm)
  const scores = curve.map(({ score }) => score)
  const [low, high] = [Math.min(0, ...scores), Math.max(...scores, 1e-9)]
  // A little room above the peak.
  const y = (score: number) => 1 - (0.94 * (score - low)) / (high - low)
  const points = curve
    .toSorted((a, b) => a.zUm - b.zUm)
    .map(({ zUm, score }) => `${x(zUm).toFixed(4)},${y(score).toFixed(4)}`)
    .join(' ')
  const span = `${fixed(fromUm, 1)} to ${fixed(toUm, 1)} µm`
  const found = foundUm === undefined ? '' : `, focus at ${fixed(foundUm, 2)} µm`
  return (
    <figure className={styles['figure']} role="img" aria-label={`Sharpness from z = ${span}${found}`}>
      <svg className={styles['plot']} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {foundUm !== undefined && (
          <line className={styles['found']} x1={x(foundUm)} x2={x(foundUm)} y1={0} y2={1} />
        )}
        <polyline className={styles['curve']} points={points} />
      </svg>
      <figcaption className={styles['ends']} aria-hidden="true">
        <span>{fixed(fromUm, 1)}</span>
        <span>{fixed(toUm, 1)} µm</span>
      </figcaption>
    </figure>
  )
}
