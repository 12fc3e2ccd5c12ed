import { Select } from '@mantine/core'
import type { Preset } from '../../../src-shared/devices.ts'
import type { ChannelPlan } from '../../../src-shared/plan/sequence.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useEngine } from '../../services.ts'
import { useDevices } from '../use-devices.ts'
import { useHasProblem } from './plan-check.tsx'
import styles from './plan-rows.module.css'
import { moveRowByKeys, RowTools, type RowToolsProps } from './row-tools.tsx'

export type ChannelColumns = {
  readonly stack: boolean
  readonly time: boolean
  readonly camera: boolean
  /** Of CSS grid. */
  readonly template: string
  readonly titles: readonly string[]
}

export function channelColumns(shown: Pick<ChannelColumns, 'stack' | 'time' | 'camera'>): ChannelColumns {
  const columns: readonly (readonly [shown: boolean, width: string, title: string])[] = [
    [true, '12px', ''],
    [true, 'minmax(70px, 2fr)', 'Preset'],
    [true, 'minmax(62px, 1.3fr)', 'Exposure'],
    [shown.stack, 'minmax(58px, 1fr)', 'Offset'],
    [shown.stack, 'minmax(70px, 1.2fr)', 'Planes'],
    [shown.time, 'minmax(64px, 0.8fr)', 'Every n-th'],
    [shown.camera, 'minmax(84px, 1.8fr)', 'Camera'],
    [true, 'calc(3 * var(--tool))', ' '],
  ]
  const used = columns.filter(([isShown]) => isShown)
  return {
    ...shown,
    template: used.map(([, width]) => width).join(' '),
    titles: used.map(([, , title]) => title),
  }
}

export type ChannelRowProps = Omit<RowToolsProps, 'name'> & {
  readonly channel: ChannelPlan
  readonly columns: ChannelColumns
  onChange(patch: Partial<ChannelPlan>): void
}

const presetKey = ({ group, name }: Pick<Preset, 'group' | 'name'>) => JSON.stringify([group, name])

const planeChoices = [
  { value: 'stack', label: 'All' },
  { value: 'middle', label: 'Middle' },
]

/** One channel of the plan. */
export function ChannelRow({ channel, columns, onChange, ...row }: ChannelRowProps) {
  const presets = useEngine((state) => state.presets)
  const cameras = useDevices('camera')
  const path = `channels[${row.index}]`
  const problem = useHasProblem(path)
  const own = { group: channel.group, name: channel.config }
  const preset = presets.find((each) => presetKey(each) === presetKey(own))
  const several = new Set([...presets.map(({ group }) => group), channel.group]).size > 1
  const options = [...(preset === undefined ? [own] : []), ...presets].map((each) => ({
    value: presetKey(each),
    label: several && each.group !== 'Channel' ? `${each.group}: ${each.name}` : each.name,
  }))
  const cameraOptions = [
    { value: '', label: 'usual' },
    ...cameras.map(({ id, description }) => ({ value: id, label: description.name })),
  ]
  if (channel.camera !== undefined && !cameraOptions.some(({ value }) => value === channel.camera))
    cameraOptions.push({ value: channel.camera, label: channel.camera })
  return (
    <div
      className={styles['row']}
      style={{ gridTemplateColumns: columns.template }}
      role="listitem"
      aria-label={`Channel ${row.index + 1}`}
      data-path={path}
      data-problem={problem || undefined}
      onKeyDown={(event) => moveRowByKeys(event, row)}
    >
      <span className={styles['dot']} style={{ background: preset?.color ?? 'var(--cs-dim)' }} />
      <Select
        aria-label="Preset"
        data-path={`${path}.config`}
        data={options}
        value={presetKey(own)}
        error={preset === undefined}
        onChange={(key) => {
          const chosen = presets.find((each) => presetKey(each) === key)
          if (chosen !== undefined) onChange({ group: chosen.group, config: chosen.name })
        }}
      />
      <span data-path={`${path}.exposure`}>
        <NumberField
          label="Exposure"
          value={channel.exposureMs}
          placeholder="as set"
          unit="ms"
          onCommit={(exposureMs) => {
            if (exposureMs > 0) onChange({ exposureMs })
          }}
          onClear={() => onChange({ exposureMs: undefined })}
        />
      </span>
      {columns.stack && (
        <span data-path={`${path}.z_offset`}>
          <NumberField
            label="Focus offset"
            value={channel.zOffsetUm}
            unit="µm"
            onCommit={(zOffsetUm) => onChange({ zOffsetUm })}
          />
        </span>
      )}
      {columns.stack && (
        <Select
          aria-label="Planes"
          data={planeChoices}
          value={channel.doStack ? 'stack' : 'middle'}
          onChange={(value) => onChange({ doStack: value === 'stack' })}
        />
      )}
      {columns.time && (
        <span data-path={`${path}.acquire_every`}>
          <NumberField
            label="At every n-th time point"
            value={channel.acquireEvery}
            step={1}
            onCommit={(every) => onChange({ acquireEvery: Math.max(1, Math.round(every)) })}
          />
        </span>
      )}
      {columns.camera && (
        <Select
          aria-label="Camera"
          data-path={`${path}.camera`}
          data={cameraOptions}
          value={channel.camera ?? ''}
          onChange={(camera) => onChange({ camera: camera === null || camera === '' ? undefined : camera })}
        />
      )}
      <RowTools name={channel.config} {...row} />
    </div>
  )
}
