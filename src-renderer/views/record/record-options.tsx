import { type StorageFormat, storageFormatSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { Choice } from '../../components/choice.tsx'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { useEngine, useServices, useView } from '../../services.ts'
import { shownDetectors } from '../../stores/layout.ts'
import type { RecordingChoice } from '../../stores/view-store.ts'
import { BeginOptions } from './begin-options.tsx'
import { RecordEstimate } from './record-estimate.tsx'
import { VideoOptions } from './video-options.tsx'
import styles from './record.module.css'

const formats: readonly { value: StorageFormat; label: string }[] = [
  { value: 'ome-tiff', label: 'OME-TIFF' },
  { value: 'ome-zarr', label: 'OME-Zarr' },
  { value: 'raw', label: 'Raw + JSON' },
  { value: 'video', label: 'Video' },
]
const compressions = [
  { value: 'none', label: 'None', patch: { zarrCompression: 'none' } },
  { value: 'zstd', label: 'Zstandard', patch: { zarrCompression: 'zstd' } },
] as const
const ends = [
  { value: 'stopped', label: 'Until stopped', patch: { until: 'stopped' } },
  { value: 'frames', label: 'Frames', patch: { until: 'frames' } },
  { value: 'seconds', label: 'Seconds', patch: { until: 'seconds' } },
] as const
const cameraChoices = [
  { value: 'active', label: 'Active view', patch: { cameras: 'active' } },
  { value: 'shown', label: 'All views', patch: { cameras: 'shown' } },
] as const

export type ChoiceProps = {
  readonly choice: RecordingChoice
  change(patch: Partial<RecordingChoice>): void
}

/** What the next recording will be, and what it will take. */
export function RecordOptions() {
  const services = useServices()
  const view = useView((state) => state)
  const severalShown = useEngine((state) => shownDetectors(state, view).length > 1)
  const choice = view.recording
  const change = (patch: Partial<RecordingChoice>) =>
    services.view.setState((state) => ({ recording: { ...state.recording, ...patch } }))
  return (
    <div className={styles['options']}>
      {severalShown && (
        <LabelledRow title="Cameras" layout="wide" help="Those of all views are recorded side by side">
          <Choice
            inPopover
            label="Cameras"
            value={choice.cameras}
            options={cameraChoices}
            onChange={(cameras) => change(cameraChoices.find(({ value }) => value === cameras)?.patch ?? {})}
          />
        </LabelledRow>
      )}
      <LabelledRow title="File" layout="wide">
        <Choice
          inPopover
          label="File format"
          value={choice.format}
          options={formats}
          onChange={(format) => change({ format: storageFormatSchema.parse(format) })}
        />
      </LabelledRow>
      {choice.format === 'ome-zarr' && (
        <LabelledRow title="Compression" layout="wide" help="Smaller files, and more work for the computer">
          <Choice
            inPopover
            label="Compression"
            value={choice.zarrCompression}
            options={compressions}
            onChange={(chosen) => change(compressions.find(({ value }) => value === chosen)?.patch ?? {})}
          />
        </LabelledRow>
      )}
      {choice.format === 'video' && <VideoOptions choice={choice} change={change} />}
      <BeginOptions choice={choice} change={change} />
      <LabelledRow title="Length" layout="wide">
        <Choice
          inPopover
          label="Length"
          value={choice.until}
          options={ends}
          onChange={(until) => change(ends.find(({ value }) => value === until)?.patch ?? {})}
        />
      </LabelledRow>
      {choice.until === 'frames' && (
        <LabelledRow title="Frames" layout="line">
          <NumberField
            label="Number of frames"
            value={choice.frames}
            step={1}
            limits={{ whole: true, min: 1 }}
            onCommit={(frames) => change({ frames })}
          />
        </LabelledRow>
      )}
      {choice.until === 'seconds' && (
        <LabelledRow title="Seconds" layout="line">
          <NumberField
            label="Seconds to record"
            value={choice.seconds}
            unit="s"
            limits={{ min: 0.01 }}
            onCommit={(seconds) => change({ seconds })}
          />
        </LabelledRow>
      )}
      <RecordEstimate choice={choice} />
    </div>
  )
}
