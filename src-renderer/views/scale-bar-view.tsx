import { useShallow } from 'zustand/react/shallow'
import { scaleBar } from '../display/view-transform.ts'
import { useShown } from '../services.ts'
import styles from './scale-bar-view.module.css'

/** How long a round length is in the image; nothing when the pixel size is not known. */
export function ScaleBarView() {
  const bar = useShown(useShallow((state) => scaleBar(state.frame?.pixelSizeUm, state.viewport.view.zoom)))
  if (bar === undefined) return null
  return (
    <div className={styles['scale']} role="img" aria-label={`Scale bar: ${bar.label}`}>
      <span className={styles['label']}>{bar.label}</span>
      <span className={styles['bar']} style={{ width: bar.lengthCssPx }} />
    </div>
  )
}
