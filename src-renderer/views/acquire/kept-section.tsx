import { usePlan } from '../../services.ts'
import { counted } from './estimate-words.ts'
import { keptFields } from './kept-words.ts'
import { PlanPart } from './plan-section.tsx'
import styles from './plan-rows.module.css'

/** What the plan holds besides what the editor shows; nothing where there is nothing. */
export function KeptSection() {
  const sequence = usePlan((draft) => draft.sequence)
  const fields = keptFields(sequence)
  if (fields.length === 0) return null
  return (
    <PlanPart id="kept" title="Kept from the file" path="setup" summary={counted(fields.length, 'field')}>
      <ul className={styles['kept']}>
        {fields.map(({ path, text }) => (
          <li key={path}>
            <code>{path}</code> {text}
          </li>
        ))}
      </ul>
    </PlanPart>
  )
}
