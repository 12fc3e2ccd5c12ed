import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { editPlan } from '../../actions/plan-actions.ts'
import { useServices } from '../../services.ts'
import { builtInTemplates } from './built-in-templates.ts'
import styles from './templates-menu.module.css'
import { microscopeNow } from './use-microscope.ts'

export type UsualTemplatesProps = {
  /** Beside each other, where there is room. */
  readonly spread?: true
  /** Called when one was chosen. */
  onChosen?(): void
}

/** The usual experiments, to begin with. */
export function UsualTemplates({ spread, onChosen }: UsualTemplatesProps) {
  const services = useServices()
  return (
    <ul className={styles['list']} data-spread={spread} aria-label="Usual experiments">
      {builtInTemplates.map(({ title, about, make }) => (
        <li key={title}>
          <button
            type="button"
            className={styles['item']}
            onClick={() => {
              editPlan(services, writePlan(make(microscopeNow(services))))
              onChosen?.()
            }}
          >
            {title}
            <span className={styles['about']}>{about}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
