import { ActionIcon, Button, Slider, Tooltip } from '@mantine/core'
import {
  IconLayoutCollage,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRuler2,
} from '@tabler/icons-react'
import { useShallow } from 'zustand/react/shallow'
import type { ImageAxis } from '../../../src-shared/gallery.ts'
import {
  setFramesPerSecond,
  setIndex,
  showNewest,
  toggleMeasuring,
  togglePlay,
  toggleProjection,
  toggleSections,
} from '../../actions/viewer-actions.ts'
import { compact } from '../../components/format.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useViewer, useViewerState } from '../../services.ts'
import {
  datasetOf,
  isAtNewest,
  isUnderWay,
  lengthOf,
  showsSections,
  trueRate,
} from '../../stores/viewer-store.ts'
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
          <>
            <TrueRate />
            <span className={styles['fps']}>
              <NumberField
                label="Frames per second"
                value={fps}
                unit="fps"
                onCommit={(value) => setFramesPerSecond(viewer, value)}
              />
            </span>
          </>
        )}
        <SectionsButton />
        <MeasureButton />
        <ZoomControls phone={phone} />
      </div>
    </footer>
  )
}

/** Begins or ends measuring. */
function MeasureButton() {
  const viewer = useViewer()
  const measuring = useViewerState((state) => state.measuring)
  return (
    <Tooltip label="Measure: drag a line over the image; Shift for steps of 45° (D)">
      <ActionIcon
        variant={measuring ? 'light' : 'subtle'}
        aria-label="Measure a distance"
        aria-pressed={measuring}
        onClick={() => toggleMeasuring(viewer)}
      >
        <IconRuler2 size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Shows cuts through the stack beside its plane. */
function SectionsButton() {
  const viewer = useViewer()
  const stack = useViewerState((state) => lengthOf(state, 'z') > 1)
  const shown = useViewerState(showsSections)
  if (!stack) return null
  return (
    <Tooltip label="Sections: XZ and YZ beside the plane; drag the crosshair (O)">
      <ActionIcon
        variant={shown ? 'light' : 'subtle'}
        aria-label="Sections through the stack"
        aria-pressed={shown}
        onClick={() => toggleSections(viewer)}
      >
        <IconLayoutCollage size={16} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Shows the brightest value of all planes of the stack. */
function ProjectionButton() {
  const viewer = useViewer()
  const projected = useViewerState((state) => state.zProjection !== undefined)
  return (
    <Tooltip label="Maximum projection: the brightest value of the whole stack at each pixel (P)">
      <Button
        className={styles['projection'] ?? ''}
        variant={projected ? 'light' : 'subtle'}
        color="gray"
        size="compact-xs"
        aria-label="Maximum projection of the stack"
        aria-pressed={projected}
        onClick={() => toggleProjection(viewer)}
      >
        Max
      </Button>
    </Tooltip>
  )
}

/** Of what is being acquired: shows what came last, and what comes. */
function NewestButton() {
  const viewer = useViewer()
  const underWay = useViewerState(isUnderWay)
  const following = useViewerState(isAtNewest)
  if (!underWay) return null
  return (
    <Tooltip
      label={
        following
          ? 'New images are shown as they come; move in time to stay at one'
          : 'Show the newest image, and those that come (End)'
      }
    >
      <Button
        className={styles['newest'] ?? ''}
        variant="subtle"
        color="gray"
        size="compact-xs"
        aria-label="Follow the newest image"
        aria-pressed={following}
        onClick={() => showNewest(viewer)}
      >
        Newest
      </Button>
    </Tooltip>
  )
}

/** How fast time passes while it plays; pressed, it passes as it did at the microscope. */
function TrueRate() {
  const viewer = useViewer()
  const rate = useViewerState((state) => {
    const dataset = datasetOf(state)
    return dataset === undefined ? undefined : trueRate(dataset)
  })
  const fps = useViewerState((state) => state.framesPerSecond)
  if (rate === undefined) return null
  return (
    <Tooltip label={`As it was taken: ${compact(rate, 3)} frames per second`}>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        aria-pressed={fps === rate}
        onClick={() => setFramesPerSecond(viewer, rate)}
      >
        {fps === rate ? 'real time' : `${compact(fps / rate, 2)} × real time`}
      </Button>
    </Tooltip>
  )
}

function AxisSlider({ axis, phone }: { readonly axis: ImageAxis; readonly phone: boolean }) {
  const viewer = useViewer()
  const index = useViewerState((state) => state.index[axis])
  const length = useViewerState((state) => lengthOf(state, axis))
  const playing = useViewerState((state) => state.playing === axis)
  const projected = useViewerState((state) => state.zProjection !== undefined)
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
      <span className={styles['title']}>
        {phone ? (shortTitles[axis] ?? title) : title}
        {axis === 'z' && <ProjectionButton />}
      </span>
      <Slider
        className={styles['track'] ?? ''}
        min={0}
        max={length - 1}
        step={1}
        value={index}
        thumbLabel={title}
        onChange={(value) => setIndex(viewer, axis, value)}
      />
      {axis === 't' && <NewestButton />}
      <output className={styles['place']} aria-label={`${title} on show`}>
        <span className={styles['number']}>
          {axis === 'z' && projected ? `1–${length}` : `${index + 1} / ${length}`}
        </span>
        {words !== '' && (!phone || axis === 'p') && <span className={styles['words']}>{words}</span>}
      </output>
    </div>
  )
}
