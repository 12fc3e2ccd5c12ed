import { Button, Checkbox } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { keepChannel } from '../../actions/preset-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { useDetector, useEngine, useServices } from '../../services.ts'
import { channelGroup } from '../../../src-shared/devices.ts'
import { presentSettings, presetSettings } from '../../stores/present-settings.ts'
import { deviceById } from '../../stores/selectors.ts'
import styles from './channel-presets.module.css'
import rows from './plan-rows.module.css'

export type KeepChannelProps = {
  /** Names that are in use: keeping under one of them replaces it. */
  readonly taken: readonly string[]
  onKept(): void
}

/** What channels are often drawn in. */
const firstColor = '#3ddc6a'

/** Keeps what is set at the microscope now as a channel: which light, filter and exposure. */
export function KeepChannel({ taken, onKept }: KeepChannelProps) {
  const services = useServices()
  const detector = useDetector()
  const devices = useEngine((state) => state.devices)
  const group = useEngine((state) => channelGroup(state.presets))
  const camera = useEngine((state) => deviceById(state, detector))
  const [name, setName] = useState('')
  const [color, setColor] = useState(firstColor)
  /** Where the user wants it otherwise than usual. */
  const [chosen, setChosen] = useState<Readonly<Record<string, boolean>>>({})
  const [keeping, setKeeping] = useState(false)
  const [failure, setFailure] = useState<CallFailure>()
  const present = presentSettings(devices, camera)
  const kept = present.filter(({ id, usual }) => chosen[id] ?? usual)
  const wanted = name.trim()
  const replace = taken.includes(wanted)

  async function keep() {
    setKeeping(true)
    const settings = [...presetSettings(kept)]
    const problem = await keepChannel(services, { group, name: wanted, color, settings }, { replace })
    setKeeping(false)
    setFailure(problem)
    if (problem === undefined) onKept()
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    if (wanted !== '' && kept.length > 0) void keep()
  }
  return (
    <form className={styles['keep']} aria-label="Keep what is set now as a channel" onSubmit={submit}>
      <h3 className={styles['heading']}>Keep what is set now as a channel</h3>
      {present.map(({ id, title, text, usual }) => (
        <Checkbox
          key={id}
          size="xs"
          label={`${title}: ${text}`}
          checked={chosen[id] ?? usual}
          onChange={(event) => setChosen({ ...chosen, [id]: event.currentTarget.checked })}
        />
      ))}
      {present.length === 0 && (
        <p className={rows['note']}>
          No device here can be set by a channel: connect a light, a filter turret or a camera in the Devices
          view.
        </p>
      )}
      <div className={styles['line']}>
        <input
          className={styles['color']}
          type="color"
          aria-label="Colour of the channel"
          value={color}
          onChange={(event) => setColor(event.currentTarget.value)}
        />
        <input
          className={rows['name']}
          aria-label="Name of the channel"
          placeholder="Name, e.g. mCherry"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          size="compact-xs"
          h={24}
          loading={keeping}
          disabled={wanted === '' || kept.length === 0}
        >
          {replace ? 'Replace' : 'Keep'}
        </Button>
      </div>
      <FailureLine failure={failure} />
    </form>
  )
}
