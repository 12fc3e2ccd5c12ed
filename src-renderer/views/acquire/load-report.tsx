import { CloseButton } from '@mantine/core'
import { problemsOfRefusal } from '../../../src-shared/plan/read-plan.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { usePlan, useServices } from '../../services.ts'
import styles from './load-report.module.css'
import { usePlanCheck } from './plan-check.tsx'

export type LoadReportProps = {
  readonly failure: CallFailure | undefined
  onClose(): void
}

/** What was wrong with a file that was loaded, or odd about it. */
export function LoadReport({ failure, onClose }: LoadReportProps) {
  const { plan } = useServices()
  const remarks = usePlan((draft) => draft.remarks)
  const { warnings } = usePlanCheck()
  // What is odd about the plan itself is told with the estimate.
  const odd = remarks.filter(
    ({ path, message }) => !warnings.some((other) => other.path === path && other.message === message),
  )
  if (failure === undefined && odd.length === 0) return null
  const lines =
    failure === undefined ? odd : problemsOfRefusal({ message: failure.message, data: failure.details })
  return (
    <section
      className={styles['report']}
      data-kind={failure === undefined ? 'warning' : 'problem'}
      role="alert"
      aria-label={failure === undefined ? 'Remarks about the file' : 'The file was not loaded'}
    >
      <div>
        <strong>{failure === undefined ? 'Loaded, but for' : 'The plan was not loaded'}</strong>
        <ul className={styles['lines']}>
          {lines.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path !== '' && <code>{path}</code>} {message}
            </li>
          ))}
        </ul>
        {failure?.hint !== undefined && <p className={styles['hint']}>{failure.hint}</p>}
      </div>
      <CloseButton
        size="sm"
        aria-label="Close"
        onClick={() => {
          onClose()
          plan.setState({ remarks: [] })
        }}
      />
    </section>
  )
}
