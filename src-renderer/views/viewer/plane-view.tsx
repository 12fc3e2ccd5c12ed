import { Loader } from '@mantine/core'
import { type CSSProperties, type MouseEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useShown, useViewer, useViewerState } from '../../services.ts'
import { dragCrosshair, dragLine, setCrosshair } from '../../actions/viewer-actions.ts'
import { type Point, toImage } from '../../display/view-transform.ts'
import { sectionBreadth } from '../../planes/section-geometry.ts'
import { datasetOf, showsSections } from '../../stores/viewer-store.ts'
import { ImageCanvas } from '../image-canvas.tsx'
import image from '../image-view.module.css'
import { PixelReadout } from '../pixel-readout.tsx'
import { ScaleBarView } from '../scale-bar-view.tsx'
import { Crosshair } from './crosshair.tsx'
import { MeasuredLine } from './measured-line.tsx'
import { valueUnit } from './dataset-facts.ts'
import styles from './plane-view.module.css'
import { SectionPane } from './section-pane.tsx'

/** The plane on show, as large as there is room, or with the cuts through its stack beside it; on a phone one of them. */
export function PlaneView({ phone }: { readonly phone: boolean }) {
  const viewer = useViewer()
  const unit = useViewerState(valueUnit)
  const measuring = useViewerState((state) => state.measuring)
  const sections = useViewerState(showsSections)
  const host = useRef<HTMLDivElement>(null)
  const breadth = useSectionBreadth(host, sections)
  const onDrag = (start: Point) => (measuring ? dragLine : dragCrosshair)(viewer, start)
  const onDoubleClick = ({ nativeEvent }: MouseEvent) => {
    const { view, canvas } = viewer.image.shown.getState().viewport
    setCrosshair(viewer, toImage(view, canvas, { x: nativeEvent.offsetX, y: nativeEvent.offsetY }))
  }
  return (
    <div
      ref={host}
      className={styles['view']}
      data-sections={sections || undefined}
      style={sections ? gridOf(breadth, phone) : undefined}
    >
      <div className={image['view']}>
        <ImageCanvas
          label="Image. Arrow keys go through time and stack, space plays, plus and minus zoom."
          focused
          onDrag={measuring || sections ? onDrag : undefined}
          onDoubleClick={sections && !measuring ? onDoubleClick : undefined}
        />
        {sections && <Crosshair />}
        <MeasuredLine />
        <PlaneMessage />
        <div className={image['bottom']}>
          <PixelReadout unit={unit} />
          <ScaleBarView />
        </div>
      </div>
      {sections && !phone && <SectionPane cut="yz" />}
      {sections && <SectionPane cut="xz" />}
    </div>
  )
}

/** The plane with a cut to its right, unless on a phone, and one below. */
function gridOf(breadth: number, phone: boolean): CSSProperties {
  const tracks = `minmax(0, 1fr) ${breadth}px`
  return { gridTemplateRows: tracks, gridTemplateColumns: phone ? 'minmax(0, 1fr)' : tracks }
}

/** How wide the cuts are, CSS px; 0 until they are shown. */
function useSectionBreadth(host: RefObject<HTMLDivElement | null>, shown: boolean): number {
  const viewer = useViewer()
  const dataset = useViewerState(datasetOf)
  const [breadth, setBreadth] = useState(0)
  useEffect(() => {
    const element = host.current
    if (!shown || element === null || dataset === undefined) return
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect()
      setBreadth(sectionBreadth(dataset, { width, height }))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [host, shown, dataset, viewer])
  return breadth
}

/** Why there is no image, or not all of it. */
function PlaneMessage() {
  const plane = useViewerState((state) => state.plane)
  const record = useViewerState((state) => state.record)
  const graphics = useShown((state) => state.channel.error)
  if (graphics !== undefined) return <Message title={graphics.message} hint={graphics.hint} />
  switch (plane.state) {
    case 'loading':
      return <Waiting />
    case 'absent':
      return <Message title="Not taken" hint={record?.kind === 'skipped' ? record.reason : plane.message} />
    case 'failed':
      return <Message title={plane.failure.message} hint={plane.failure.hint} />
    case 'shown':
      return plane.missing.length === 0 ? null : (
        <p className={styles['missing']}>Not taken here: {plane.missing.join(', ')}</p>
      )
  }
}

type MessageProps = { readonly title: string; readonly hint: string | undefined }

function Message({ title, hint }: MessageProps) {
  return (
    <div className={styles['message']} role="status">
      <strong>{title}</strong>
      {hint !== undefined && <span>{hint}</span>}
    </div>
  )
}

/** What comes at once needs no sign that it comes. */
function Waiting() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 400)
    return () => clearTimeout(timer)
  }, [])
  return long ? (
    <div className={styles['message']}>
      <Loader size={20} color="gray" aria-label="Loading" />
    </div>
  ) : null
}
