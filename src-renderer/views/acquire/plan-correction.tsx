import { Button } from '@mantine/core'
import { useState } from 'react'
import { loadPlanText } from '../../actions/plan-actions.ts'
import { useServices } from '../../services.ts'
import type { PlanSource } from '../../stores/session-store.ts'
import styles from './load-report.module.css'

/** Longer texts are corrected in a text editor, characters. */
const longest = 200_000

/** The text of a plan that could not be read, to be corrected and read again; the file itself stays as it is. */
export function PlanCorrection({ source }: { readonly source: PlanSource }) {
  const services = useServices()
  const [text, setText] = useState(source.text)
  const [open, setOpen] = useState(false)
  const [reading, setReading] = useState(false)
  if (source.text.length > longest) return null

  async function read() {
    setReading(true)
    await loadPlanText(services, { ...source, text })
    setReading(false)
  }
  if (!open) {
    return (
      <Button variant="default" size="compact-xs" onClick={() => setOpen(true)}>
        Correct it here…
      </Button>
    )
  }
  return (
    <form
      className={styles['correction']}
      aria-label={`Text of ${source.fileName}`}
      onSubmit={(event) => {
        event.preventDefault()
        void read()
      }}
    >
      <textarea
        aria-label="Text of the plan"
        autoFocus
        spellCheck={false}
        rows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={styles['buttons']}>
        <Button type="submit" variant="default" size="compact-xs" loading={reading}>
          Read it again
        </Button>
        <span className={styles['hint']}>The file stays as it is; keep the corrected plan with Save.</span>
      </div>
    </form>
  )
}
