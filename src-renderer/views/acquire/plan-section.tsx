import { Switch } from '@mantine/core'
import { IconAlertTriangleFilled, IconChevronDown } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { usePlan, useServices, useView } from '../../services.ts'
import { usualPlan } from '../../stores/plan-defaults.ts'
import { isOn, type PlanSection as SectionName, switchOff, switchOn } from '../../stores/plan-draft.ts'
import { useHasProblem } from './plan-check.tsx'
import styles from './plan-section.module.css'
import { sectionSummary } from './section-words.ts'
import { microscopeNow, useFieldOfView } from './use-microscope.ts'

export type PlanSectionProps = {
  readonly section: SectionName
  readonly title: string
  /** Of the plan's field that it edits. */
  readonly path: string
  /** Why it cannot be switched on; undefined: it can. */
  readonly missing?: string | undefined
  /** Beside the switch, also while it is off. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of the plan that can be switched on; it keeps its settings while it is off. */
export function PlanSection({ section, title, path, missing, aside, children }: PlanSectionProps) {
  const services = useServices()
  const { plan } = services
  const on = usePlan(({ sequence }) => isOn(sequence, section))
  const sequence = usePlan((draft) => draft.sequence)
  const fieldOfView = useFieldOfView()

  function toggle() {
    plan.setState((draft) =>
      on ? switchOff(draft, section) : switchOn(draft, section, usualPlan(microscopeNow(services))),
    )
    services.view.setState((state) => ({ folded: { ...state.folded, [`plan-${section}`]: false } }))
  }
  return (
    <PlanPart
      id={section}
      title={title}
      path={path}
      summary={on ? sectionSummary(sequence, section, fieldOfView) : (missing ?? '')}
      open={on}
      aside={
        <>
          {aside}
          <Switch
            aria-label={title}
            checked={on}
            disabled={!on && missing !== undefined}
            title={on ? undefined : missing}
            onChange={toggle}
          />
        </>
      }
    >
      {children}
    </PlanPart>
  )
}

export type PlanPartProps = {
  /** Under which the folded state is remembered. */
  readonly id: string
  readonly title: string
  readonly path: string
  readonly summary: string
  /** False: there is nothing to unfold. */
  readonly open?: boolean
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of the plan under its title, which can be folded away. */
export function PlanPart({ id, title, path, summary, open = true, aside, children }: PlanPartProps) {
  const { view } = useServices()
  const key = `plan-${id}`
  const folded = useView((state) => state.folded[key] ?? false)
  const problem = useHasProblem(path)
  const bodyId = useId()
  const shown = open && !folded
  return (
    <section
      className={styles['section']}
      aria-label={title}
      data-path={path}
      data-folded={!shown || undefined}
      data-off={!open || undefined}
    >
      <header className={styles['header']}>
        <button
          type="button"
          className={styles['heading']}
          aria-expanded={shown}
          aria-controls={bodyId}
          disabled={!open}
          onClick={() => view.setState((state) => ({ folded: { ...state.folded, [key]: !folded } }))}
        >
          <IconChevronDown className={styles['chevron']} size={13} stroke={2} aria-hidden="true" />
          {title}
        </button>
        <span className={styles['summary']}>{summary}</span>
        {problem && (
          <IconAlertTriangleFilled
            className={styles['problem']}
            size={14}
            role="img"
            aria-label="Something here keeps the plan from running"
          />
        )}
        {aside}
      </header>
      <div id={bodyId} className={styles['body']} hidden={!shown}>
        {shown && children}
      </div>
    </section>
  )
}
