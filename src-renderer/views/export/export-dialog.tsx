import { Button, Modal, Progress } from '@mantine/core'
import { cancelExport, closeExport, exportAnother } from '../../actions/export-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { byteSize, count } from '../../components/format.ts'
import { useExport, useServices } from '../../services.ts'
import type { ExportPhase } from '../../stores/export-store.ts'
import { ExportForm } from './export-form.tsx'
import styles from './export.module.css'
import { playsFor } from './plays-for.ts'

/** Images of the gallery as a video or as pictures: what is wanted, how far it is, and where it is. */
export function ExportDialog({ phone }: { readonly phone: boolean }) {
  const services = useServices()
  const state = useExport()
  const running = state.phase === 'running'
  const name = 'subject' in state ? state.subject.state.opened?.item.name : undefined
  return (
    <Modal
      opened={state.phase !== 'closed'}
      onClose={() => closeExport(services)}
      title={name === undefined ? 'Export' : `Export ${name}`}
      size={460}
      fullScreen={phone}
      // At the top: it must not jump when its height changes.
      centered={false}
      yOffset="8vh"
      withCloseButton={!running}
      closeOnEscape={!running}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ExportContent state={state} />
    </Modal>
  )
}

function ExportContent({ state }: { readonly state: ExportPhase }) {
  switch (state.phase) {
    case 'closed':
      return null
    case 'opening':
      return <p className={styles['line']}>Looking at the images …</p>
    case 'refused':
      return <FailureLine failure={state.failure} />
    case 'choosing':
      return <ExportForm {...state} />
    case 'running':
      return <Running state={state} />
    case 'done':
      return <Done state={state} />
  }
}

function Running({ state }: { readonly state: Extract<ExportPhase, { phase: 'running' }> }) {
  const services = useServices()
  const { done, total, secondsLeft } = state.progress
  return (
    <div className={styles['form']}>
      <Progress value={(100 * done) / total} aria-label="Export" color="live.5" transitionDuration={0} />
      <p className={styles['line']}>
        {count(done)} of {count(total)} pictures
        {secondsLeft === undefined ? '' : `, ${timeLeft(secondsLeft)} left`}
      </p>
      <div className={styles['buttons']}>
        <Button variant="default" onClick={() => cancelExport(services)}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

function Done({ state }: { readonly state: Extract<ExportPhase, { phase: 'done' }> }) {
  const services = useServices()
  const { fileName, downloaded, bytes, pictures, missing, playsS } = state.result
  return (
    <div className={styles['form']}>
      <p className={styles['line']} role="status">
        {fileName} is complete: {count(pictures)} {pictures === 1 ? 'picture' : 'pictures'}
        {playsS === undefined ? '' : `, ${playsFor(playsS)}`}, {byteSize(bytes)}.
      </p>
      <p className={styles['note']}>
        {downloaded ? 'It is among the downloads of this browser.' : 'It is where you chose.'}
        {missing > 0 &&
          (missing === 1
            ? ' One place has no image and was left out.'
            : ` ${count(missing)} places have no image and were left out.`)}
      </p>
      <div className={styles['buttons']}>
        <Button variant="default" onClick={() => exportAnother(services)}>
          Export another …
        </Button>
        <Button
          // The button that had the focus is gone; nothing else here is likely.
          autoFocus
          onClick={() => closeExport(services)}
        >
          Close
        </Button>
      </div>
    </div>
  )
}

/** Coarse enough not to jump. */
function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}
