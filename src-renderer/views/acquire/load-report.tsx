import { CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { type PlanRemark, problemsOfRefusal } from '../../../src-shared/plan/read-plan.ts'
import { usePlan, useServices, useSession } from '../../services.ts'
import { emptySequence } from '../../stores/plan-draft.ts'
import type { LoadFailure } from '../../stores/session-store.ts'
import { counted } from './estimate-words.ts'
import styles from './load-report.module.css'
import { usePlanCheck } from './plan-check.tsx'
import { PlanCorrection } from './plan-correction.tsx'
import { pathWords, remarkWords } from './plan-paths.ts'

/** What was wrong with a plan that was to be edited, or odd about it. */
export function LoadReport() {
  const failed = useSession((state) => state.loadFailure)
  return failed === undefined ? <OddRemarks /> : <Refusal failed={failed} />
}

function Refusal({ failed: { failure, source } }: { readonly failed: LoadFailure }) {
  const { session } = useServices()
  const problems = problemsOfRefusal({ message: failure.message, data: failure.details })
  const fields = problems.filter(({ path }) => path !== '').length
  const what = source === undefined ? 'The plan' : source.fileName
  return (
    <Report
      kind="problem"
      label="The file was not loaded"
      title={`${what} was not loaded${fields === 0 ? '' : `: ${counted(fields, 'field')} to correct`}`}
      onClose={() => session.setState({ loadFailure: undefined })}
    >
      <RemarkLines remarks={problems} />
      {failure.hint !== undefined && <p className={styles['hint']}>{failure.hint}</p>}
      {source !== undefined && <PlanCorrection key={source.openedAt} source={source} />}
    </Report>
  )
}

/** What was read otherwise than its author may think; of the plan itself, that is told with the estimate. */
function OddRemarks() {
  const { plan } = useServices()
  const remarks = usePlan((draft) => draft.remarks)
  const { warnings } = usePlanCheck()
  const odd = remarks.filter(
    ({ path, message }) => !warnings.some((other) => other.path === path && other.message === message),
  )
  if (odd.length === 0) return null
  return (
    <Report
      kind="warning"
      label="Remarks about the file"
      title="Loaded. Please note:"
      onClose={() => plan.setState({ remarks: [] })}
    >
      <RemarkLines remarks={odd} />
    </Report>
  )
}

type ReportProps = {
  readonly kind: 'problem' | 'warning'
  readonly label: string
  readonly title: string
  readonly children: ReactNode
  onClose(): void
}

function Report({ kind, label, title, children, onClose }: ReportProps) {
  return (
    <section className={styles['report']} data-kind={kind} role="alert" aria-label={label}>
      <div className={styles['text']}>
        <strong>{title}</strong>
        {children}
      </div>
      <CloseButton size="sm" aria-label="Close" onClick={onClose} />
    </section>
  )
}

/** By the words of the editor, and by the path in the file. */
function RemarkLines({ remarks }: { readonly remarks: readonly PlanRemark[] }) {
  return (
    <ul className={styles['lines']}>
      {remarks.map(({ path, message }) => (
        <li key={`${path} ${message}`}>
          {path !== '' && <PathWords path={path} />} {remarkWords({ path, message })}
        </li>
      ))}
    </ul>
  )
}

function PathWords({ path }: { readonly path: string }) {
  const words = pathWords(path, emptySequence)
  if (words === path) return <code>{path}</code>
  return (
    <>
      <strong>{words}</strong> <code>{path}</code>
    </>
  )
}
