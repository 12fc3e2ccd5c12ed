import { Checkbox, Select } from '@mantine/core'
import { storageFormatSchema, storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { NumberField } from '../../components/number-field.tsx'
import { usePlan, useServices } from '../../services.ts'
import type { RunOptions } from '../../stores/plan-draft.ts'
import { useDevices } from '../use-devices.ts'
import { formatNames } from './estimate-words.ts'
import { Field } from './field.tsx'
import { PlanPart } from './plan-section.tsx'
import styles from './plan-rows.module.css'
import { StorageFields } from './storage-fields.tsx'

const formats = storageFormatSchema.options.map((value) => ({
  value,
  label: value === 'raw' ? `${formatNames.raw} (fastest)` : formatNames[value],
}))

/** Which cameras, where the images go, and what happens when hardware fails. */
export function FilesSection() {
  const { plan } = useServices()
  const name = usePlan((draft) => draft.name)
  const run = usePlan((draft) => draft.run)
  const change = (patch: Partial<RunOptions>) =>
    plan.setState((draft) => ({ run: { ...draft.run, ...patch } }))
  return (
    <PlanPart
      id="files"
      title="Files and cameras"
      path="storage"
      summary={[formatNames[run.storage.format], name].filter((part) => part !== '').join(', ')}
    >
      <div className={styles['fields']}>
        <Field title="Name" path="name">
          <input
            className={styles['name']}
            aria-label="Name of the acquisition"
            placeholder="by the time of its start"
            maxLength={200}
            value={name}
            onChange={(event) => plan.setState({ name: event.currentTarget.value })}
          />
        </Field>
        <Field title="File format" path="storage.format">
          <Select
            aria-label="File format"
            data={formats}
            value={run.storage.format}
            onChange={(value) => {
              const parsed = storageOptionsSchema.safeParse({ format: value })
              if (parsed.success) change({ storage: parsed.data })
            }}
          />
        </Field>
        <StorageFields storage={run.storage} onChange={(storage) => change({ storage })} />
      </div>
      <CameraChoice run={run} onChange={change} />
      <FaultFields run={run} onChange={change} />
    </PlanPart>
  )
}

type RunFieldsProps = { readonly run: RunOptions; onChange(patch: Partial<RunOptions>): void }

/** Cameras of channels that name none; of several, all are exposed together. */
function CameraChoice({ run, onChange }: RunFieldsProps) {
  const cameras = useDevices('camera')
  const chosen = run.detectorNames
  const isChosen = (id: string, i: number) => (chosen === undefined ? i === 0 : chosen.includes(id))
  const gone = (chosen ?? []).filter((id) => !cameras.some((camera) => camera.id === id))
  if (cameras.length < 2 && gone.length === 0) return null
  return (
    <div className={styles['checks']} role="group" aria-label="Cameras" data-path="detectorNames">
      <span className={styles['note']}>Cameras</span>
      {[
        ...cameras.map(({ id, description }) => ({ id, title: description.name })),
        ...gone.map((id) => ({ id, title: `${id} (not there)` })),
      ].map(({ id, title }, i) => (
        <Checkbox
          key={id}
          size="xs"
          label={title}
          checked={isChosen(id, i)}
          onChange={(event) => {
            const before = chosen ?? cameras.slice(0, 1).map((camera) => camera.id)
            const next = event.currentTarget.checked
              ? [...before, id]
              : before.filter((other) => other !== id)
            // Without any it would be the first all the same.
            onChange({ detectorNames: next.length === 0 ? undefined : next })
          }}
        />
      ))}
    </div>
  )
}

const faultWords = [
  { value: 'abort', label: 'End the acquisition' },
  { value: 'retry', label: 'Try again, then end it' },
  { value: 'skip', label: 'Leave the image out and go on' },
] as const

const usualRetries = 3

function FaultFields({ run: { onFault }, onChange }: RunFieldsProps) {
  return (
    <div className={styles['fields']}>
      <Field title="When hardware fails" path="onFault">
        <Select
          aria-label="When hardware fails"
          data={faultWords.map((each) => ({ ...each }))}
          value={onFault.kind}
          onChange={(value) => {
            const kind = faultWords.find((each) => each.value === value)?.value
            if (kind === 'retry') onChange({ onFault: { kind, times: usualRetries } })
            else if (kind !== undefined) onChange({ onFault: { kind } })
          }}
        />
      </Field>
      {onFault.kind === 'retry' && (
        <Field title="Tries">
          <NumberField
            label="Number of tries"
            value={onFault.times}
            step={1}
            unit="×"
            limits={{ whole: true, min: 1, max: 100 }}
            onCommit={(times) => onChange({ onFault: { kind: 'retry', times } })}
          />
        </Field>
      )}
    </div>
  )
}
