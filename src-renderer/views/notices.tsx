import { Button, CloseButton } from '@mantine/core'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { dismissAlert } from '../actions/device-actions.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { AskForControl } from '../components/ask-for-control.tsx'
import { useEngine, useServices, useSession } from '../services.ts'
import { whyNotAct } from '../stores/permission.ts'
import { hideAlert, isHidden, removeNotice } from '../stores/session-store.ts'
import styles from './notices.module.css'

/** Of the engine's errors, the newest are shown here too; all of them are in the menu of alerts. */
const mostAlerts = 2

type NoticesProps = {
  /** How many are shown before the user asks for the others. */
  readonly most: number
}

/** Failures that need to be seen now, the newest first: those of this page's actions, and the engine's newest errors. */
export function Notices({ most }: NoticesProps) {
  const services = useServices()
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const notices = useSession((state) => state.notices)
  const hidden = useSession((state) => state.hiddenAlerts)
  const errors = useEngine(
    useShallow((state) =>
      state.alerts
        .filter((alert) => alert.severity === 'error' && !isHidden(hidden, alert))
        .slice(-mostAlerts),
    ),
  )
  const [all, setAll] = useState(false)
  const shown: readonly NoticeProps[] = [
    ...notices.toReversed().map(({ id, title, failure }) => ({
      id: `notice ${id}`,
      title,
      failure,
      onClose: () => removeNotice(services.session, id),
    })),
    ...errors.toReversed().map((alert) => ({
      id: `alert ${alert.id}`,
      title: alert.source,
      failure: { code: '', message: alert.message, hint: alert.hint, details: undefined },
      // Who only views puts it away for himself.
      onClose: () => (watching ? hideAlert(services.session, alert) : void dismissAlert(services, alert.id)),
    })),
  ]
  if (shown.length <= most && all) setAll(false)
  const rest = all ? 0 : Math.max(0, shown.length - most)
  if (shown.length === 0) return null
  return (
    <div className={styles['list']}>
      {shown.slice(0, all ? undefined : most).map((notice) => (
        <Notice key={notice.id} {...notice} />
      ))}
      {rest > 0 && (
        <Button
          className={styles['more'] ?? ''}
          variant="default"
          size="compact-xs"
          onClick={() => setAll(true)}
        >
          {rest === 1 ? 'One more' : `${rest} more`}
        </Button>
      )}
    </div>
  )
}

type NoticeProps = {
  readonly id: string
  readonly title: string
  readonly failure: CallFailure
  onClose(): void
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
      <CloseButton size="sm" aria-label={`Dismiss: ${title}`} onClick={onClose} />
    </div>
  )
}
