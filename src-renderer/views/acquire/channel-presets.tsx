import { ActionIcon, Button, Popover } from '@mantine/core'
import { IconPencil, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { KnownPreset } from '../../../src-shared/devices.ts'
import { removePreset, renamePreset } from '../../actions/preset-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useTypedText } from '../../components/use-typed-text.ts'
import { useEngine, useServices } from '../../services.ts'
import { whyNotOperate } from '../../stores/permission.ts'
import { channelPresets } from '../../stores/plan-defaults.ts'
import styles from './channel-presets.module.css'
import { KeepChannel } from './keep-channel.tsx'
import rows from './plan-rows.module.css'

/** The channels that there are to choose from: made of what is set now, renamed, forgotten. */
export function ChannelPresets() {
  const [open, setOpen] = useState(false)
  /** The preset whose name is being edited: Escape is about the name then, not about the list. */
  const [renamed, setRenamed] = useState<string>()
  function show(now: boolean) {
    setOpen(now)
    setRenamed(undefined)
  }
  return (
    <Popover
      opened={open}
      onChange={show}
      closeOnEscape={renamed === undefined}
      position="bottom-end"
      trapFocus
      withinPortal
    >
      <Popover.Target>
        <Button
          variant="default"
          size="compact-xs"
          aria-expanded={open}
          title="The channels to choose from: make one of what is set now, rename, forget"
          onClick={() => show(!open)}
        >
          Presets…
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles['menu'] ?? ''} aria-label="Presets of channels">
        {open && <PresetList renamed={renamed} onRename={setRenamed} onKept={() => show(false)} />}
      </Popover.Dropdown>
    </Popover>
  )
}

type PresetListProps = {
  /** Name of the preset whose name is being edited. */
  readonly renamed: string | undefined
  onRename(name: string | undefined): void
  onKept(): void
}

function PresetList({ renamed, onRename, onKept }: PresetListProps) {
  const presets = useEngine(useShallow((state) => channelPresets(state.presets)))
  const refusal = useEngine((state) => whyNotOperate(state)?.reason)
  const [failure, setFailure] = useState<CallFailure>()
  return (
    <>
      <ul className={styles['list']} aria-label="Channels of this microscope">
        {presets.map((preset) => (
          <PresetRow
            key={preset.name}
            preset={preset}
            editing={preset.name === renamed}
            onEdit={(editing) => onRename(editing ? preset.name : undefined)}
            fixed={preset.own !== true || refusal !== undefined}
            onFailure={setFailure}
          />
        ))}
      </ul>
      {presets.length === 0 && <p className={rows['note']}>There are none yet.</p>}
      <FailureLine failure={failure} />
      {refusal === undefined ? (
        <KeepChannel taken={presets.map(({ name }) => name)} onKept={onKept} />
      ) : (
        <p className={rows['note']}>{refusal}</p>
      )}
    </>
  )
}

type PresetRowProps = {
  readonly preset: KnownPreset
  /** Its name is being edited. */
  readonly editing: boolean
  onEdit(editing: boolean): void
  /** It cannot be renamed or forgotten. */
  readonly fixed: boolean
  onFailure(failure: CallFailure | undefined): void
}

function PresetRow({ preset, editing, onEdit, fixed, onFailure }: PresetRowProps) {
  const services = useServices()
  const { name, color } = preset
  const pencil = useRef<HTMLButtonElement>(null)
  const { input, onKey } = useTypedText(name, (text) => {
    const wanted = text.trim()
    if (wanted !== '' && wanted !== name) void renamePreset(services, preset, wanted).then(onFailure)
    return undefined
  })
  return (
    <li className={styles['preset']}>
      <span className={rows['dot']} style={{ background: color ?? 'var(--cs-dim)' }} />
      {editing ? (
        <input
          {...input}
          className={rows['name']}
          aria-label={`New name of ${name}`}
          maxLength={100}
          autoFocus
          onBlur={() => {
            input.onBlur()
            onEdit(false)
          }}
          onKeyDown={(event) => {
            if (!onKey(event)) return
            onEdit(false)
            if (event.key === 'Escape') pencil.current?.focus()
          }}
        />
      ) : (
        <span className={styles['name']}>{name}</span>
      )}
      {fixed ? (
        <span className={rows['note']}>{preset.own === true ? '' : 'of the microscope'}</span>
      ) : (
        <span className={rows['tools']}>
          <ActionIcon ref={pencil} size={20} aria-label={`Rename ${name}`} onClick={() => onEdit(true)}>
            <IconPencil size={14} stroke={1.7} />
          </ActionIcon>
          <ActionIcon
            size={20}
            aria-label={`Forget ${name}`}
            onClick={() => void removePreset(services, preset).then(onFailure)}
          >
            <IconX size={14} stroke={1.8} />
          </ActionIcon>
        </span>
      )}
    </li>
  )
}
