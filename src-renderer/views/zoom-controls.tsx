import { Button, Tooltip } from '@mantine/core'
import { actualSize, fitImage } from '../actions/view-actions.ts'
import { useImage, useShown } from '../services.ts'
import styles from './status-bar.module.css'

/** How large the image is shown, and the two usual sizes. */
export function ZoomControls({ phone }: { readonly phone: boolean }) {
  const image = useImage()
  const fit = useShown((state) => state.viewport.fit)
  const percent = useShown((state) =>
    Math.round(state.viewport.view.zoom * state.viewport.devicePixelRatio * 100),
  )
  const size = useShown((state) =>
    state.frame === undefined ? '' : `${state.frame.width} × ${state.frame.height}`,
  )
  const format = useShown((state) => state.frame?.pixelFormat ?? '')
  return (
    <div className={styles['zoom']} role="group" aria-label="Zoom">
      {!phone && (
        <span className={styles['size']}>
          {size} {format}
        </span>
      )}
      {!phone && (
        <output className={styles['percent']} aria-label="Magnification">
          {size === '' ? '' : `${percent} %`}
        </output>
      )}
      <Tooltip label="Fit the image to the window (F)">
        <Button
          variant={fit ? 'light' : 'subtle'}
          color="gray"
          size="compact-xs"
          aria-pressed={fit}
          onClick={() => fitImage(image)}
        >
          Fit
        </Button>
      </Tooltip>
      <Tooltip label="One image pixel per screen pixel (1)">
        <Button
          variant={!fit && percent === 100 ? 'light' : 'subtle'}
          color="gray"
          size="compact-xs"
          aria-pressed={!fit && percent === 100}
          onClick={() => actualSize(image)}
        >
          1:1
        </Button>
      </Tooltip>
    </div>
  )
}
