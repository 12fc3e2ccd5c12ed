import { Tooltip } from '@mantine/core'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { isRecording } from '../../actions/record-actions.ts'
import { byteRate, byteSize, count } from '../../components/format.ts'
import styles from './record.module.css'

/** Frames written and lost, and how full the buffers are; afterwards, where it is. */
export function RecordProgress({ status }: { readonly status: AcquisitionStatus }) {
  const { frames, buffer, bytesWritten, writeBytesPerSecond, finish, id, name } = status
  const { expected, written, lost } = frames
  const full = Math.round((100 * buffer.bytes) / buffer.limitBytes)
  const busy = isRecording(status)
  const facts = `${byteSize(bytesWritten)}, ${byteRate(writeBytesPerSecond)}, buffers ${full} % full`
  return (
    <Tooltip label={busy ? facts : (finish?.message ?? id)}>
      <output
        className={styles['progress']}
        data-state={busy ? 'busy' : finish?.reason}
        aria-label="Recording progress"
      >
        {!busy && <span className={styles['name']}>{name}</span>}
        <span className={styles['count']}>
          {count(written)}
          {busy && expected !== undefined && ` / ${count(expected)}`} frames
        </span>
        <span className={styles['lost']} data-bad={lost > 0 || undefined}>
          {count(lost)} lost
        </span>
        {busy && (
          <meter className={styles['gauge']} aria-label="Buffers" min={0} max={100} high={75} value={full} />
        )}
      </output>
    </Tooltip>
  )
}
