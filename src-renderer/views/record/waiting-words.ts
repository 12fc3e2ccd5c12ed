import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { compact, fixed } from '../../components/format.ts'

type Waiting = NonNullable<AcquisitionStatus['waiting']>

/** What a recording waits for, and what is worth knowing meanwhile. */
export function waitingWords(waiting: Waiting): {
  readonly title: string
  readonly detail: string | undefined
} {
  const kept = waiting.preRecordS === 0 ? undefined : `keeps the last ${compact(waiting.preRecordS)} s`
  const { begin, change } = waiting
  switch (begin.kind) {
    case 'at':
      return { title: `Waits until ${clock(begin.time)}`, detail: kept }
    case 'change': {
      const seen =
        change === undefined ? undefined : `${fixed(100 * change, 1)} of ${compact(100 * begin.threshold)} %`
      const detail = [seen, kept].filter((part) => part !== undefined).join(', ')
      return { title: 'Waits for a change', detail: detail === '' ? undefined : detail }
    }
    case 'now':
    case 'asked':
      return { title: 'Armed', detail: kept }
  }
}

/** `14:03:09`, this computer's time. */
function clock(time: number): string {
  return new Date(time).toLocaleTimeString('sv')
}
