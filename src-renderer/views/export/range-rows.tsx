import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { Choice } from '../../components/choice.tsx'
import { count } from '../../components/format.ts'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { type ExportAxis, type ExportChoices, isMoving, keepsValues } from '../../export/export-choices.ts'
import { exportAxes, exportedRanges } from '../../export/export-plan.ts'
import { shownChannels, type ViewerState } from '../../stores/viewer-store.ts'
import styles from './export.module.css'

const axisNames = { t: 'Time', z: 'Stack', p: 'Positions' } as const

type RangeRowsProps = {
  readonly state: ViewerState
  readonly dataset: ImageDataset
  readonly choices: ExportChoices
  change(patch: Partial<ExportChoices>): void
}

/** Which images: of a video along one axis, of all else along all of them. */
export function RangeRows({ state, dataset, choices, change }: RangeRowsProps) {
  const axes = exportAxes(dataset)
  const moving = isMoving(choices.format)
  const ranges = exportedRanges(choices).filter(({ axis }) => (dataset.sizes[axis] ?? 1) > 1)
  // As they are listed where one of them is chosen.
  const rows = axes.filter((axis) => ranges.some((range) => range.axis === axis))
  return (
    <>
      {moving && axes.length > 1 && (
        <LabelledRow title="Along" layout="wide">
          <Choice
            label="Along"
            value={choices.axis}
            options={axes.map((value) => ({ value, label: axisNames[value] }))}
            onChange={(value) => change({ axis: axes.find((one) => one === value) ?? choices.axis })}
          />
        </LabelledRow>
      )}
      {(dataset.sizes.z ?? 1) > 1 && !(moving && choices.axis === 'z') && (
        <StackRow state={state} choices={choices} change={change} />
      )}
      {rows.map((axis) => (
        <RangeRow
          key={axis}
          axis={axis}
          title={moving || axes.length === 1 ? 'Images' : axisNames[axis]}
          last={(dataset.sizes[axis] ?? 1) - 1}
          choices={choices}
          change={change}
        />
      ))}
      {keepsValues(choices.format) && state.looks.length > 1 && (
        <ChannelsRow state={state} choices={choices} change={change} />
      )}
    </>
  )
}

type RowProps = Pick<RangeRowsProps, 'choices' | 'change'>

/** Planes of stacks, or their projections. */
function StackRow({ state, choices, change }: RowProps & { readonly state: ViewerState }) {
  const planes = isMoving(choices.format) ? `Plane ${state.index.z + 1}` : 'Planes'
  return (
    <LabelledRow title="Of stacks" layout="wide">
      <Choice
        label="Of stacks"
        value={choices.zProjection ?? 'planes'}
        options={[
          { value: 'planes', label: planes },
          { value: 'max', label: 'Maximum' },
        ]}
        onChange={(value) => change({ zProjection: value === 'max' ? 'max' : undefined })}
      />
    </LabelledRow>
  )
}

function RangeRow({
  axis,
  title,
  last,
  choices,
  change,
}: RowProps & { readonly axis: ExportAxis; readonly title: string; readonly last: number }) {
  const { from, to } = choices.ranges[axis]
  // As people count, from 1.
  const within = (value: number) => Math.max(0, Math.min(last, Math.round(value) - 1))
  const set = (range: ExportChoices['ranges'][ExportAxis]) =>
    change({ ranges: { ...choices.ranges, [axis]: range } })
  const of = title === 'Images' ? 'image' : `image, ${title}`
  return (
    <LabelledRow title={title} layout="wide">
      <span className={styles['range']}>
        <NumberField
          label={`First ${of}`}
          value={from + 1}
          step={1}
          onCommit={(value) => set({ from: within(value), to: Math.max(to, within(value)) })}
        />
        <span>to</span>
        <NumberField
          label={`Last ${of}`}
          value={to + 1}
          step={1}
          onCommit={(value) => set({ from: Math.min(from, within(value)), to: within(value) })}
        />
        <span>of {count(last + 1)}</span>
      </span>
    </LabelledRow>
  )
}

function ChannelsRow({ state, choices, change }: RowProps & { readonly state: ViewerState }) {
  const shown = shownChannels(state).map((channel) => state.looks[channel]?.name ?? channel + 1)
  return (
    <LabelledRow title="Channels" layout="wide">
      <Choice
        label="Channels"
        value={choices.channels}
        options={[
          { value: 'all', label: `All ${state.looks.length}` },
          { value: 'shown', label: shown.length === 1 ? `${shown[0]} only` : `The ${shown.length} on show` },
        ]}
        onChange={(value) => change({ channels: value === 'all' ? 'all' : 'shown' })}
      />
    </LabelledRow>
  )
}
