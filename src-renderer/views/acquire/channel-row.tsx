import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { channelGroup, type Preset, standardProperty } from '../../../src-shared/devices.ts'
import type { ChannelPlan } from '../../../src-shared/plan/sequence.ts'
import { compact } from '../../components/format.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useEngine } from '../../services.ts'
import { useDevices } from '../use-devices.ts'
import { useHasProblem } from './plan-check.tsx'
import styles from './plan-rows.module.css'
import { moveRowByKeys, RowTools, type RowToolsProps } from './row-tools.tsx'

/** What a channel has besides preset and exposure: only what has an effect in this plan is shown. */
export type ChannelExtras = {
  readonly stack: boolean
  readonly time: boolean
  readonly camera: boolean
}

export type ChannelRowProps = Omit<RowToolsProps, 'name'> & {
  readonly channel: ChannelPlan
  readonly extras: ChannelExtras
  onChange(patch: Partial<ChannelPlan>): void
}

const presetKey = ({ group, name }: Pick<Preset, 'group' | 'name'>) => JSON.stringify([group, name])

const planeChoices = [
  { value: 'stack', label: 'All' },
  { value: 'middle', label: 'Middle' },
]

/** One channel of the plan. */
export function ChannelRow({ channel, extras, onChange, ...row }: ChannelRowProps) {
  const presets = useEngine((state) => state.presets)
  const path = `channels[${row.index}]`
  const problem = useHasProblem(path)
  const own = { group: channel.group, name: channel.config }
  const preset = presets.find((each) => presetKey(each) === presetKey(own))
  const several = new Set([...presets.map(({ group }) => group), channel.group]).size > 1
  const usual = channelGroup(presets)
  const labels = new Map(
    [...(preset === undefined ? [own] : []), ...presets].map((each) => [
      presetKey(each),
      several && each.group !== usual ? `${each.group}: ${each.name}` : each.name,
    ]),
  )
  // Two microscopes may bring presets of the same name: the engine takes the first.
  const options = [...labels].map(([value, label]) => ({ value, label }))
  const presetExposure = preset?.settings.find(
    ({ property }) => property === standardProperty.exposureMs,
  )?.value
  return (
    <div
      className={styles['row']}
      data-kind="channel"
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
          placeholder={typeof presetExposure !== 'number' ? 'as set' : `${compact(presetExposure)} ms`}
          unit="ms"
          limits={{ above: 0 }}
          onCommit={(exposureMs) => onChange({ exposureMs })}
          onClear={() => onChange({ exposureMs: undefined })}
        />
      </span>
      <RowTools name={channel.config} {...row} />
      {(extras.stack || extras.time || extras.camera) && (
        <div className={styles['extras']}>
          <ExtraFields channel={channel} extras={extras} path={path} onChange={onChange} />
        </div>
      )}
    </div>
  )
}

type ExtraFieldsProps = Pick<ChannelRowProps, 'channel' | 'extras' | 'onChange'> & { readonly path: string }

function ExtraFields({ channel, extras, path, onChange }: ExtraFieldsProps) {
  return (
    <>
      {extras.stack && (
        <>
          <Extra title="Planes" path={`${path}.do_stack`}>
            <Select
              aria-label="Planes"
              data={planeChoices}
              value={channel.doStack ? 'stack' : 'middle'}
              onChange={(value) => onChange({ doStack: value === 'stack' })}
            />
          </Extra>
          <Extra title="Focus offset" path={`${path}.z_offset`}>
            <NumberField
              label="Focus offset"
              value={channel.zOffsetUm}
              unit="µm"
              onCommit={(zOffsetUm) => onChange({ zOffsetUm })}
            />
          </Extra>
        </>
      )}
      {extras.time && (
        <Extra title="Every n-th time" path={`${path}.acquire_every`}>
          <NumberField
            label="At every n-th time point"
            value={channel.acquireEvery}
            step={1}
            limits={{ whole: true, min: 1 }}
            onCommit={(acquireEvery) => onChange({ acquireEvery })}
          />
        </Extra>
      )}
      {extras.camera && <CameraField camera={channel.camera} path={path} onChange={onChange} />}
    </>
  )
}

type CameraFieldProps = Pick<ChannelPlan, 'camera'> & Pick<ExtraFieldsProps, 'path' | 'onChange'>

function CameraField({ camera, path, onChange }: CameraFieldProps) {
  const cameras = useDevices('camera')
  const options = [
    { value: '', label: 'as for all' },
    ...cameras.map(({ id, description }) => ({ value: id, label: description.name })),
  ]
  if (camera !== undefined && !options.some(({ value }) => value === camera))
    options.push({ value: camera, label: camera })
  return (
    <Extra title="Camera" wide path={`${path}.camera`}>
      <Select
        aria-label="Camera"
        data={options}
        value={camera ?? ''}
        onChange={(chosen) => onChange({ camera: chosen === null || chosen === '' ? undefined : chosen })}
      />
    </Extra>
  )
}

type ExtraProps = {
  readonly title: string
  readonly path: string
  /** Its words need more room than a number. */
  readonly wide?: boolean
  readonly children: ReactNode
}

function Extra({ title, path, wide = false, children }: ExtraProps) {
  return (
    <span className={styles['extra']} data-path={path} data-wide={wide || undefined}>
      <span>{title}</span>
      {children}
    </span>
  )
}
