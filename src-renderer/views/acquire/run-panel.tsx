import { Button } from '@mantine/core'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { isRunning } from '../../actions/acquire-actions.ts'
import { byteRate, byteSize, count } from '../../components/format.ts'
import { useEngine } from '../../services.ts'
import { RunButtons } from './run-buttons.tsx'
import { RunEnd } from './run-end.tsx'
import styles from './run-panel.module.css'
import { leftText, placeText, progressOf, stateText } from './run-words.ts'

export type RunPanelProps = {
  readonly status: PlanStatus
  /** Called to put the panel away, once the plan has ended. */
  onClose(): void
}

/** How the plan that runs is getting on; afterwards, how it ended. */
export function RunPanel({ status, onClose }: RunPanelProps) {
  const running = isRunning(status)
  const stale = useEngine((state) => state.connection.state !== 'connected')
  const percent = Math.floor(progressOf(status) * 100)
  return (
    <section
      className={styles['panel']}
      aria-label="Acquisition"
      data-state={running ? status.state : status.finish?.reason}
    >
      <div className={styles['head']}>
        <strong className={styles['name']}>{status.name}</strong>
        <span className={styles['state']} role="status">
          {stateText(status)}
        </span>
        {!running && (
          <Button
            className={styles['close'] ?? ''}
            variant="subtle"
            color="gray"
            size="compact-xs"
            onClick={onClose}
          >
            Close
          </Button>
        )}
      </div>
      <progress className={styles['bar']} aria-label="Progress" max={100} value={percent} />
      {running && (
        <div className={styles['place']}>
          <span>{placeText(status)}</span>
          <span className={styles['left']}>{stale ? '' : leftText(status)}</span>
        </div>
      )}
      <Facts status={status} />
      {running ? <RunButtons key={status.id} status={status} /> : <RunEnd key={status.id} status={status} />}
    </section>
  )
}

function Facts({ status }: { readonly status: PlanStatus }) {
  const { frames, events, buffer, bytesWritten, writeBytesPerSecond, freeDiskBytes } = status
  const full = Math.round((100 * buffer.bytes) / buffer.limitBytes)
  const running = isRunning(status)
  return (
    <dl className={styles['facts']}>
      <Fact
        title="Images"
        value={`${count(frames.written)}${frames.expected === undefined ? '' : ` of ${count(frames.expected)}`}`}
      />
      <Fact title="Left out" value={count(events.skipped)} bad={events.skipped > 0} />
      <Fact title="Lost" value={count(frames.lost)} bad={frames.lost > 0} />
      {frames.incomplete > 0 && <Fact title="Pixels missing" value={count(frames.incomplete)} bad />}
      <Fact title="Late" value={count(events.late)} warn={events.late > 0} />
      <Fact title="Written" value={byteSize(bytesWritten)} />
      {running && <Fact title="Rate" value={byteRate(writeBytesPerSecond)} />}
      {freeDiskBytes !== undefined && <Fact title="Disk" value={`${byteSize(freeDiskBytes)} free`} />}
      {running && (
        <div className={styles['fact']}>
          <dt>Buffer</dt>
          <dd>
            <meter className={styles['gauge']} aria-label="Buffer" min={0} max={100} high={75} value={full} />{' '}
            {full} %
          </dd>
        </div>
      )}
    </dl>
  )
}

type FactProps = {
  readonly title: string
  readonly value: string
  readonly bad?: boolean
  readonly warn?: boolean
}

function Fact({ title, value, bad = false, warn = false }: FactProps) {
  return (
    <div className={styles['fact']} data-bad={bad || undefined} data-warn={warn || undefined}>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  )
}
