import { Checkbox, Select } from '@mantine/core'
import type { AutofocusPlan, Axis } from '../../../src-shared/plan/sequence.ts'
import { imageFocusDevice } from '../../../src-shared/plan/image-focus.ts'
import { NumberField } from '../../components/number-field.tsx'
import { usePlan, useServices } from '../../services.ts'
import { focusStage } from '../../stores/selectors.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { useDevices } from '../use-devices.ts'
import { ImageFocusFields } from './image-focus-fields.tsx'
import { Field } from './field.tsx'
import { PlanSection } from './plan-section.tsx'
import styles from './plan-rows.module.css'

/** Focus by an autofocus device, or by the image, in the course of the plan. */
export function AutofocusSection() {
  const plan = usePlan((draft) => draft.sequence.autofocus)
  const devices = useDevices('autofocus')
  const stages = useDevices('stage')
  const canFocus = devices.length > 0 || focusStage(stages) !== undefined
  return (
    <PlanSection
      section="autofocus"
      title="Autofocus"
      path="autofocus_plan"
      missing={canFocus ? undefined : 'This microscope has no stage that moves the focus.'}
    >
      {plan !== undefined && <AutofocusFields plan={plan} />}
    </PlanSection>
  )
}

const occasions: readonly { readonly axis: Axis; readonly label: string }[] = [
  { axis: 't', label: 'time point' },
  { axis: 'p', label: 'position' },
  { axis: 'g', label: 'tile' },
  { axis: 'c', label: 'channel' },
]

function AutofocusFields({ plan }: { readonly plan: AutofocusPlan }) {
  const { plan: store } = useServices()
  const devices = useDevices('autofocus')
  const change = (patch: Partial<AutofocusPlan>) =>
    store.setState((draft) => withSequence(draft, { autofocus: { ...plan, ...patch } }))
  const isByImage =
    plan.deviceName === imageFocusDevice || (plan.deviceName === undefined && devices.length === 0)
  const options = [
    ...(devices.length > 0 ? [{ value: '', label: 'The microscope’s' }] : []),
    ...devices.map(({ description }) => ({ value: description.name, label: description.name })),
    { value: devices.length > 0 ? imageFocusDevice : '', label: 'The camera’s image' },
  ]
  if (plan.deviceName !== undefined && !options.some(({ value }) => value === plan.deviceName))
    options.push({ value: plan.deviceName, label: plan.deviceName })
  return (
    <>
      <div
        className={styles['checks']}
        role="group"
        aria-label="Focus at every new"
        data-path="autofocus_plan.axes"
      >
        <span className={styles['note']}>At every new</span>
        {occasions.map(({ axis, label }) => (
          <Checkbox
            key={axis}
            size="xs"
            label={label}
            checked={plan.axes.includes(axis)}
            onChange={(event) =>
              change({
                axes: event.currentTarget.checked
                  ? [...plan.axes, axis]
                  : plan.axes.filter((other) => other !== axis),
              })
            }
          />
        ))}
      </div>
      <div className={styles['fields']}>
        <Field title="Device" path="autofocus_plan.autofocus_device_name">
          <Select
            aria-label="Autofocus device"
            data={options}
            value={plan.deviceName ?? ''}
            onChange={(name) => change({ deviceName: name === null || name === '' ? undefined : name })}
          />
        </Field>
        <Field title="Offset" path="autofocus_plan.autofocus_motor_offset">
          <NumberField
            label="Offset of the autofocus"
            value={plan.motorOffset}
            unit="µm"
            placeholder={isByImage ? '0' : 'as set'}
            onCommit={(motorOffset) => change({ motorOffset })}
            onClear={() => change({ motorOffset: undefined })}
          />
        </Field>
      </div>
      {isByImage && <ImageFocusFields />}
    </>
  )
}
