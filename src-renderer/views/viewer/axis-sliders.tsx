import { ActionIcon, Slider, Tooltip } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react'
import { useShallow } from 'zustand/react/shallow'
import type { ImageAxis } from '../../../src-shared/gallery.ts'
import { setFramesPerSecond, setIndex, togglePlay } from '../../actions/viewer-actions.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useViewer, useViewerState } from '../../services.ts'
import { lengthOf } from '../../stores/viewer-store.ts'
import { ZoomControls } from '../zoom-controls.tsx'
import { placeWords } from './axis-words.ts'
import styles from './axis-sliders.module.css'

/** Axes with sliders, in this order; channels have the panel. */
const axes: readonly ImageAxis[] = ['t', 'z', 'p']
const titles: Record<ImageAxis, string> = { t: 'Time', z: 'Z', p: 'Position', c: 'Channel' }
/** Where there is little room. */
const shortTitles: Partial<Record<ImageAxis, string>> = { p: 'Pos.' }

/** Where in time, stack and positions the plane on show lies, and playing through them. */
export function AxisSliders({ phone }: { readonly phone: boolean }) {
  const viewer = useViewer()
  const shown = useViewerState(useShallow((state) => axes.filter((axis) => lengthOf(state, axis) > 1)))
  const fps = useViewerState((state) => state.framesPerSecond)
  return (
    <footer className={styles['bar']}>
      <div className={styles['sliders']}>
        {shown.map((axis) => (
          <AxisSlider key={axis} axis={axis} phone={phone} />
        ))}
      </div>
      <div className={styles['end']}>
        {shown.length > 0 && !phone && (
          <span className={styles['fps']}>
            <NumberField
              label="Frames per second"
              value={fps}
              unit="fps"
              onCommit={(value) => setFramesPerSecond(viewer, value)}
            />
          </span>
        )}
        <ZoomControls phone={phone} />
      </div>
    </footer>
  )
}

function AxisSlider({ axis, phone }: { readonly axis: ImageAxis; readonly phone: boolean }) {
  const viewer = useViewer()
  const index = useViewerState((state) => state.index[axis])
  const length = useViewerState((state) => lengthOf(state, axis))
  const playing = useViewerState((state) => state.playing === axis)
  const words = useViewerState((state) => placeWords(state, axis))
  const title = titles[axis]
  return (
    <div className={styles['slider']} role="group" aria-label={title}>
      <Tooltip label={playing ? 'Stop (Space)' : `Play through ${title.toLowerCase()} (Space)`}>
        <ActionIcon
          aria-label={playing ? `Stop ${title}` : `Play ${title}`}
          aria-pressed={playing}
          className={playing ? (styles['playing'] ?? '') : ''}
          onClick={() => togglePlay(viewer, axis)}
        >
          {playing ? <IconPlayerPauseFilled size={14} /> : <IconPlayerPlayFilled size={14} />}
        </ActionIcon>
      </Tooltip>
      <span className={styles['title']}>{phone ? (shortTitles[axis] ?? title) : title}</span>
      <Slider
        className={styles['track'] ?? ''}
        min={0}
        max={length - 1}
        step={1}
        value={index}
        thumbLabel={title}
        onChange={(value) => setIndex(viewer, axis, value)}
      />
      <output className={styles['place']} aria-label={`${title} on show`}>
        <span className={styles['number']}>
          {index + 1} / {length}
        </span>
        {words !== '' && (!phone || axis === 'p') && <span className={styles['words']}>{words}</span>}
      </output>
    </div>
  )
}
