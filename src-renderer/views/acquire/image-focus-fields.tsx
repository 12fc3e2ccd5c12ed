import { Select } from '@mantine/core'
import { imageFocusDraft, type ImageFocusPlan, withImageFocus } from '../../../src-shared/plan/image-focus.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useEngine, usePlan, useServices } from '../../services.ts'
import { channelGroup } from '../../../src-shared/devices.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { Field } from './field.tsx'
import styles from './plan-rows.module.css'

const nextImage = 'as the next image'

/** How the plan finds the focus by the image; it is kept in the plan's metadata, where other programs leave it alone. */
export function ImageFocusFields() {
  const { plan: store } = useServices()
  const metadata = usePlan((draft) => draft.sequence.metadata)
  const presets = useEngine((state) => state.presets)
  const focus = imageFocusDraft(metadata)
  const change = (patch: Partial<ImageFocusPlan>) =>
    store.setState((draft) =>
      withSequence(draft, { metadata: withImageFocus(metadata, { ...focus, ...patch }) }),
    )
  const group = focus.channel?.group ?? channelGroup(presets)
  const channels = presets.filter((preset) => preset.group === group).map(({ name }) => name)
  const chosen = focus.channel?.config
  const known = chosen === undefined || channels.includes(chosen) ? channels : [...channels, chosen]
  return (
    <div className={styles['fields']}>
      <Field title="Range">
        <NumberField
          label="Range of the search"
          value={focus.rangeUm}
          unit="µm"
          limits={{ above: 0, max: 10_000 }}
          onCommit={(rangeUm) => change({ rangeUm })}
        />
      </Field>
      <Field title="Step">
        <NumberField
          label="Step of the search"
          value={focus.stepUm}
          unit="µm"
          limits={{ above: 0, max: 1000 }}
          placeholder="a 25th of it"
          onCommit={(stepUm) => change({ stepUm })}
          onClear={() => change({ stepUm: undefined })}
        />
      </Field>
      <Field title="Channel">
        <Select
          aria-label="Channel of the search"
          data={[{ value: '', label: nextImage }, ...known.map((name) => ({ value: name, label: name }))]}
          value={chosen ?? ''}
          onChange={(name) =>
            change({ channel: name === null || name === '' ? undefined : { group, config: name } })
          }
        />
      </Field>
    </div>
  )
}
