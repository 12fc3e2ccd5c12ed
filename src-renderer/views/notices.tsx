import { CloseButton } from '@mantine/core'
import { useShallow } from 'zustand/react/shallow'
import { dismissAlert } from '../actions/device-actions.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { useEngine, useServices, useSession } from '../services.ts'
import { AskForControl } from '../components/ask-for-control.tsx'
import { whyNotAct } from '../stores/permission.ts'
import { removeNotice } from '../stores/session-store.ts'
import styles from './notices.module.css'

/** Failures that need to be seen now: those of this page's actions, and the engine's newest errors. */
export function Notices() {
  const services = useServices()
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const notices = useSession((state) => state.notices)
  const errors = useEngine(
    useShallow((state) => state.alerts.filter((alert) => alert.severity === 'error').slice(-2)),
  )
  return (
    <div className={styles['list']}>
      {errors.map((alert) => (
        <Notice
          key={alert.id}
          title={alert.source}
          failure={{ code: '', message: alert.message, hint: alert.hint, details: undefined }}
          onClose={watching ? undefined : () => void dismissAlert(services, alert.id)}
        />
      ))}
      {notices.map((notice) => (
        <Notice
          key={notice.id}
          title={notice.title}
          failure={notice.failure}
          onClose={() => removeNotice(services.session, notice.id)}
        />
      ))}
    </div>
  )
}

type NoticeProps = {
  readonly title: string
  readonly failure: CallFailure
  /** Absent: it goes when its cause is gone. */
  readonly onClose?: (() => void) | undefined
}

function Notice({ title, failure, onClose }: NoticeProps) {
  return (
    <div className={styles['notice']} role="alert">
      <div>
        <strong>{title}</strong>
        <p>{failure.message}</p>
        {failure.hint !== undefined && <p className={styles['hint']}>{failure.hint}</p>}
        {failure.code === 'CONTROL_TAKEN' && <AskForControl />}
      </div>
      {onClose !== undefined && <CloseButton size="sm" aria-label={`Dismiss: ${title}`} onClick={onClose} />}
    </div>
  )
}
