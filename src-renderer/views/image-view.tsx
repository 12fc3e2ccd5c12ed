import type { MouseEvent } from 'react'
import { centreStageAt } from '../actions/stage-actions.ts'
import { toImage } from '../display/view-transform.ts'
import { useEngine, useServices } from '../services.ts'
import { xyStage } from '../stores/selectors.ts'
import { ImageCanvas } from './image-canvas.tsx'
import { ImageMessage } from './image-message.tsx'
import styles from './image-view.module.css'
import { PixelReadout } from './pixel-readout.tsx'
import { ScaleBarView } from './scale-bar-view.tsx'

/** One camera's image, as large as its pane allows: wheel zooms, drag pans, double click centres the stage. */
export function ImageView() {
  const services = useServices()
  const lost = useEngine((state) => state.connection.state === 'lost' && state.synchronised)
  const movable = useEngine((state) => xyStage(state.devices) !== undefined)

  function onDoubleClick(event: MouseEvent<HTMLDivElement>) {
    const { viewport } = services.shown.getState()
    const box = event.currentTarget.getBoundingClientRect()
    const at = { x: event.clientX - box.left, y: event.clientY - box.top }
    centreStageAt(services, toImage(viewport.view, viewport.canvas, at))
  }

  return (
    <div className={styles['view']}>
      <ImageCanvas
        label={
          movable
            ? 'Live image. Arrow keys move the stage, Page up and Page down focus, plus and minus zoom.'
            : 'Live image. Plus and minus zoom.'
        }
        dimmed={lost}
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
