import { ActionIcon, Button, Popover } from '@mantine/core'
import { IconTemplate, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { listTemplates, loadTemplate, removeTemplate } from '../../actions/plan-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useAnswer } from '../../components/use-answer.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotAct } from '../../stores/permission.ts'
import { SaveTemplate } from './save-template.tsx'
import styles from './templates-menu.module.css'
import { UsualTemplates } from './usual-templates.tsx'

/** Plans to begin with: usual ones, and those that were kept. */
export function TemplatesMenu() {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="compact-xs"
          aria-expanded={open}
          leftSection={<IconTemplate size={14} stroke={1.6} />}
          onClick={() => setOpen((was) => !was)}
        >
          Templates
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles['menu'] ?? ''} aria-label="Templates">
        <UsualTemplates onChosen={close} />
        <OwnTemplates onLoaded={close} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** @param props.onLoaded called when one is in the editor, or cannot be */
function OwnTemplates({ onLoaded }: { onLoaded(): void }) {
  const services = useServices()
  const { value, failure, again } = useAnswer(listTemplates)
  const [problem, setProblem] = useState<CallFailure>()
  const watching = useEngine((state) => whyNotAct(state) !== undefined)
  const templates = value ?? []

  async function remove(name: string) {
    setProblem(await removeTemplate(services, name))
    again()
  }
  return (
    <>
      <h3 className={styles['heading']}>Kept by you</h3>
      {templates.length === 0 && failure === undefined && <p className={styles['about']}>None yet.</p>}
      <ul className={styles['list']}>
        {templates.map(({ name }) => (
          <li key={name} className={styles['own']}>
            <button
              type="button"
              className={styles['item']}
              onClick={() => void loadTemplate(services, name).then(onLoaded)}
            >
              {name}
            </button>
            {!watching && (
              <ActionIcon size={20} aria-label={`Forget ${name}`} onClick={() => void remove(name)}>
                <IconX size={13} stroke={1.8} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <FailureLine failure={problem ?? failure} />
      {!watching && <SaveTemplate taken={templates.map(({ name }) => name)} onSaved={again} />}
    </>
  )
}
