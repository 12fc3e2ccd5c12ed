import { ActionIcon, CloseButton, Popover, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconBell, IconInfoCircle, IconXboxX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Alert } from '../../src-shared/alerts.ts'
import { dismissAlert } from '../actions/device-actions.ts'
import { ago } from '../components/format.ts'
import { useNow } from '../components/use-now.ts'
import { useEngine, useServices } from '../services.ts'
import { whyNotAct } from '../stores/permission.ts'
import styles from './alerts-menu.module.css'

/** What the user must know, worst first, until dismissed or until the cause is gone. */
export function AlertsMenu() {
  const alerts = useEngine((state) => state.alerts)
  const [open, setOpen] = useState(false)
  const label = alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`
  return (
    <Popover width={380} position="bottom-end" opened={open} onChange={setOpen}>
      <Popover.Target>
        <Tooltip label={label} disabled={open}>
          <ActionIcon
            className={styles['button'] ?? ''}
            aria-label={label}
            aria-expanded={open}
            data-worst={worst(alerts)}
            onClick={() => setOpen(!open)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setOpen(false)
            }}
          >
            <IconBell size={17} stroke={1.6} />
            {alerts.length > 0 && <span className={styles['count']}>{alerts.length}</span>}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={styles['dropdown'] ?? ''} aria-label="Alerts">
        {alerts.length === 0 ? <p className={styles['none']}>No alerts.</p> : <AlertList alerts={alerts} />}
      </Popover.Dropdown>
    </Popover>
  )
}

const severities = ['error', 'warning', 'info'] as const

function worst(alerts: readonly Alert[]): Alert['severity'] | undefined {
  return severities.find((severity) => alerts.some((alert) => alert.severity === severity))
}

function AlertList({ alerts }: { readonly alerts: readonly Alert[] }) {
  const services = useServices()
  const now = useNow(30_000)
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const sorted = [...alerts].sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.since - a.since,
  )
  return (
    <ul className={styles['list']}>
      {sorted.map((alert) => (
        <li key={alert.id} className={styles['alert']} data-severity={alert.severity}>
          <SeverityIcon severity={alert.severity} />
          <div className={styles['text']}>
            <span className={styles['source']}>
              {alert.source}
              <span className={styles['since']}>{ago(alert.since, now)}</span>
            </span>
            {alert.message}
            {alert.hint !== undefined && <span className={styles['hint']}>{alert.hint}</span>}
          </div>
          <CloseButton
            size="sm"
            aria-label={`Dismiss: ${alert.message}`}
            disabled={watching}
            onClick={() => void dismissAlert(services, alert.id)}
          />
        </li>
      ))}
    </ul>
  )
}

function SeverityIcon({ severity }: { readonly severity: Alert['severity'] }) {
  const Icon = { error: IconXboxX, warning: IconAlertTriangle, info: IconInfoCircle }[severity]
  return <Icon className={styles['icon']} size={17} stroke={1.7} role="img" aria-label={severity} />
}
