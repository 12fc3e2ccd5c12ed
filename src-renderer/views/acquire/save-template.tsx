import { Button } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { saveTemplate } from '../../actions/plan-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { usePlan, useServices } from '../../services.ts'
import rows from './plan-rows.module.css'
import styles from './templates-menu.module.css'

export type SaveTemplateProps = {
  /** Names that are in use: saving under one of them replaces it. */
  readonly taken: readonly string[]
  onSaved(): void
}

/** Keeps the plan being edited under a name. */
export function SaveTemplate({ taken, onSaved }: SaveTemplateProps) {
  const services = useServices()
  const draftName = usePlan((draft) => draft.name)
  const [name, setName] = useState(draftName)
  const [failure, setFailure] = useState<CallFailure>()
  const replace = taken.includes(name.trim())

  async function save() {
    const problem = await saveTemplate(services, { name: name.trim(), replace })
    setFailure(problem)
    if (problem === undefined) onSaved()
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim() !== '') void save()
  }
  return (
    <form className={styles['save']} aria-label="Keep as template" onSubmit={submit}>
      <input
        className={rows['name']}
        aria-label="Name of the template"
        placeholder="Keep this plan as …"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="compact-xs" h={24} disabled={name.trim() === ''}>
        {replace ? 'Replace' : 'Keep'}
      </Button>
      <FailureLine failure={failure} />
    </form>
  )
}
