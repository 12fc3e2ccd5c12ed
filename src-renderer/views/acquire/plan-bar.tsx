import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconDownload, IconFile, IconFolderOpen } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import {
  bringBackPlan,
  loadPlanFile,
  newPlan,
  type PlanFileFormat,
  planFileText,
} from '../../actions/plan-actions.ts'
import { usePlan, useServices, useSession } from '../../services.ts'
import { noteOutcome } from '../../stores/session-store.ts'
import { saveTextFile } from './save-text-file.ts'
import styles from './plan-bar.module.css'
import { TemplatesMenu } from './templates-menu.tsx'

/** Templates and files of plans. */
export function PlanBar() {
  const services = useServices()
  const name = usePlan((draft) => draft.name)
  const before = useSession((state) => state.planBefore !== undefined)
  const picker = useRef<HTMLInputElement>(null)
  const [saving, setSaving] = useState(false)

  async function load(file: File | undefined) {
    if (file !== undefined) await loadPlanFile(services, file)
    // The same file may be chosen again.
    if (picker.current !== null) picker.current.value = ''
  }
  async function save(format: PlanFileFormat) {
    setSaving(true)
    const written = await planFileText(services, format)
    setSaving(false)
    if (written.ok) saveTextFile(`${name.trim() || 'plan'}.useq.${format}`, written.value.text)
    noteOutcome(services.session, 'The plan was not saved', written.ok ? undefined : written.failure)
  }
  return (
    <header className={styles['bar']} role="toolbar" aria-label="Plan">
      <h2 className={styles['title']}>Plan</h2>
      <TemplatesMenu />
      <Tooltip label="Open a plan file (JSON or YAML of useq-schema); or drop one anywhere here">
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconFolderOpen size={14} stroke={1.6} />}
          onClick={() => picker.current?.click()}
        >
          Open…
        </Button>
      </Tooltip>
      <input
        ref={picker}
        type="file"
        hidden
        accept=".json,.yaml,.yml"
        aria-label="Plan file"
        onChange={(event) => void load(event.currentTarget.files?.[0])}
      />
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="compact-xs"
            loading={saving}
            leftSection={<IconDownload size={14} stroke={1.6} />}
          >
            Save
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void save('json')}>As JSON</Menu.Item>
          <Menu.Item onClick={() => void save('yaml')}>As YAML</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="Begin with an empty plan">
        <ActionIcon aria-label="New plan" onClick={() => newPlan(services)}>
          <IconFile size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      {before && (
        <Tooltip label="Bring back the plan that was here before">
          <ActionIcon aria-label="Bring back the plan before" onClick={() => bringBackPlan(services)}>
            <IconArrowBackUp size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
    </header>
  )
}
