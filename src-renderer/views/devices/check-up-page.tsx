import { Button, Loader } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle, IconXboxX } from '@tabler/icons-react'
import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import { runCheckUp } from '../../actions/hardware-actions.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { ago } from '../../components/format.ts'
import { useAnswer } from '../../components/use-answer.ts'
import { useNow } from '../../components/use-now.ts'
import { useEngine } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import styles from './check-up-page.module.css'
import page from './page.module.css'

/** Checks what commonly keeps hardware from working, and says what to do. */
export function CheckUpPage() {
  const notAct = useEngine((state) => whyNotAct(state)?.reason)
  return (
    <article className={page['page']} aria-label="Check-up">
      <h2>Check-up</h2>
      {notAct === undefined ? <CheckUp /> : <p className={page['notice']}>{notAct}</p>}
    </article>
  )
}

/** Worst first. */
const order: readonly DoctorCheck['state'][] = ['problem', 'warning', 'unknown', 'ok']

function CheckUp() {
  const { value: report, failure, asking, again } = useAnswer(runCheckUp)
  const now = useNow(15_000)
  const checks = report?.checks.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)) ?? []
  return (
    <>
      <div className={page['actions']}>
        <Button variant="default" disabled={asking} onClick={again}>
          Check again
        </Button>
        {asking && <Loader size={14} color="gray" aria-label="checking" />}
        {report !== undefined && !asking && (
          <span className={page['dim']}>
            {summary(checks)} · checked {since(ago(report.checkedAt, now))}
          </span>
        )}
      </div>
      <FailureLine failure={failure} />
      <ul className={styles['checks']} aria-label="Checks">
        {checks.map((check) => (
          <Check key={check.id} check={check} />
        ))}
      </ul>
    </>
  )
}

function since(text: string): string {
  return text === 'now' ? 'just now' : `${text} ago`
}

function summary(checks: readonly DoctorCheck[]): string {
  const wrong = checks.filter(({ state }) => state === 'problem' || state === 'warning').length
  if (wrong === 0) return 'Nothing stands in the way'
  return wrong === 1 ? '1 thing to look at' : `${wrong} things to look at`
}

const icons = {
  problem: IconXboxX,
  warning: IconAlertTriangle,
  unknown: IconHelpCircle,
  ok: IconCircleCheck,
}
const words = { problem: 'problem', warning: 'warning', unknown: 'not checked', ok: 'fine' }

function Check({ check: { title, state, message, hint } }: { readonly check: DoctorCheck }) {
  const Icon = icons[state]
  return (
    <li data-state={state} aria-label={title}>
      <Icon size={17} stroke={1.7} role="img" aria-label={words[state]} />
      <div>
        <strong>{title}</strong>
        <p>{message}</p>
        {hint !== undefined && <p className={styles['hint']}>{hint}</p>}
      </div>
    </li>
  )
}
