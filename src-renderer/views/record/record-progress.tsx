import { Tooltip } from '@mantine/core'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { isRecording } from '../../actions/record-actions.ts'
import { byteRate, byteSize, count } from '../../components/format.ts'
import { waitingWords } from './waiting-words.ts'
import styles from './record.module.css'

/** What keeps a recording from having frames yet; undefined: it has, or has ended. */
function startingWords({ state, frames, buffer }: AcquisitionStatus): string | undefined {
  if (state === 'preparing') return 'Starting'
  if (state !== 'acquiring' || frames.written > 0 || frames.lost > 0 || buffer.bytes > 0) return undefined
  return 'Waits for the first frame'
}

type Props = { readonly status: AcquisitionStatus; readonly phone: boolean }

/** Beyond it, % of the buffers, the engine warns that the disk is too slow. */
const tooFull = 75

/** What it waits for; frames written and lost, and how full the buffers are; afterwards, where it is. */
export function RecordProgress({ status, phone }: Props) {
  const { waiting, finish, id } = status
  if (waiting !== undefined) {
    const { title, detail } = waitingWords(waiting)
    return (
      <Tooltip label={detail ?? title} disabled={!phone}>
        <output className={styles['progress']} data-state="waiting" aria-label="Recording progress">
          <span className={styles['waits']}>{title}</span>
          {!phone && detail !== undefined && <span>{detail}</span>}
        </output>
      </Tooltip>
    )
  }
  const busy = isRecording(status)
  return (
    <Tooltip label={busy ? diskFacts(status) : (finish?.message ?? id)}>
      <output
        className={styles['progress']}
        data-state={busy ? 'busy' : finish?.reason}
        data-phone={phone || undefined}
        aria-label="Recording progress"
      >
        <Counts status={status} phone={phone} />
      </output>
    </Tooltip>
  )
}

function fullness({ buffer }: AcquisitionStatus): number {
  return Math.round((100 * buffer.bytes) / buffer.limitBytes)
}

function diskFacts(status: AcquisitionStatus): string {
  const { bytesWritten, writeBytesPerSecond } = status
  return `${byteSize(bytesWritten)}, ${byteRate(writeBytesPerSecond)}, buffers ${fullness(status)} % full`
}

function Counts({ status, phone }: Props) {
  const { frames, name, finish } = status
  const { expected, written, lost, incomplete } = frames
  const busy = isRecording(status)
  const starting = startingWords(status)
  if (starting !== undefined) return <span className={styles['waits']}>{starting}</span>
  if (finish?.reason === 'cancelled' && written === 0) return <span>{finish.message ?? 'Not recorded'}</span>
  return (
    <>
      {!busy && <span className={styles['name']}>{name}</span>}
      <span className={styles['count']}>
        {count(written)}
        {busy && !phone && expected !== undefined && ` / ${count(expected)}`} {phone ? '' : 'frames'}
      </span>
      {(!phone || lost > 0) && (
        <span className={styles['lost']} data-bad={lost > 0 || undefined}>
          {count(lost)} lost
        </span>
      )}
      {incomplete > 0 && (
        <span className={styles['lost']} data-bad>
          {count(incomplete)} with pixels missing
        </span>
      )}
      {busy && fullness(status) >= tooFull && <span className={styles['slow']}>disk too slow</span>}
      {busy && (
        <meter
          className={styles['gauge']}
          aria-label="Buffers"
          min={0}
          max={100}
          high={tooFull}
          value={fullness(status)}
        />
      )}
    </>
  )
}
