import { Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useShown, useViewer, useViewerState } from '../../services.ts'
import { dragLine } from '../../actions/viewer-actions.ts'
import { ImageCanvas } from '../image-canvas.tsx'
import image from '../image-view.module.css'
import { PixelReadout } from '../pixel-readout.tsx'
import { ScaleBarView } from '../scale-bar-view.tsx'
import { MeasuredLine } from './measured-line.tsx'
import { valueUnit } from './dataset-facts.ts'
import styles from './plane-view.module.css'

/** The plane on show, as large as there is room. */
export function PlaneView() {
  const viewer = useViewer()
  const unit = useViewerState(valueUnit)
  const measuring = useViewerState((state) => state.measuring)
  return (
    <div className={styles['view']}>
      <div className={image['view']}>
        <ImageCanvas
          label="Image. Arrow keys go through time and stack, space plays, plus and minus zoom."
          focused
          onDrag={measuring ? (start) => dragLine(viewer, start) : undefined}
        />
        <MeasuredLine />
        <PlaneMessage />
        <div className={image['bottom']}>
          <PixelReadout unit={unit} />
          <ScaleBarView />
        </div>
      </div>
    </div>
  )
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
