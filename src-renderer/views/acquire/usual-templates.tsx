import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { editPlan } from '../../actions/acquire-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { useServices } from '../../services.ts'
import { builtInTemplates } from './built-in-templates.ts'
import styles from './templates-menu.module.css'
import { microscopeNow } from './use-microscope.ts'

export type UsualTemplatesProps = {
  /** Beside each other, where there is room. */
  readonly spread?: true
  /** Tells why a template could not be loaded; undefined: it was. */
  onLoaded(failure: CallFailure | undefined): void
}

/** The usual experiments, to begin with. */
export function UsualTemplates({ spread, onLoaded }: UsualTemplatesProps) {
  const services = useServices()
  return (
    <ul className={styles['list']} data-spread={spread} aria-label="Usual experiments">
      {builtInTemplates.map(({ title, about, make }) => (
        <li key={title}>
          <button
            type="button"
            className={styles['item']}
            onClick={() => onLoaded(editPlan(services, writePlan(make(microscopeNow(services)))))}
          >
            {title}
            <span className={styles['about']}>{about}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
