import { useEffect, useState } from 'react'
import { type StorageFormat, storageFormatSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { estimateRecording, type EstimateResult } from '../../actions/record-actions.ts'
import { Choice } from '../../components/choice.tsx'
import { FailureLine } from '../../components/failure-line.tsx'
import { byteRate, byteSize, count, fixed } from '../../components/format.ts'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { useServices, useView } from '../../services.ts'
import type { RecordingChoice } from '../../stores/view-store.ts'
import styles from './record.module.css'

const formats: readonly { value: StorageFormat; label: string }[] = [
  { value: 'ome-tiff', label: 'OME-TIFF' },
  { value: 'raw', label: 'Raw + JSON' },
]
const ends = [
  { value: 'stopped', label: 'Until stopped', patch: { until: 'stopped' } },
  { value: 'frames', label: 'Frames', patch: { until: 'frames' } },
  { value: 'seconds', label: 'Seconds', patch: { until: 'seconds' } },
] as const

/** What the next recording will be, and what it will take. */
export function RecordOptions() {
  const services = useServices()
  const choice = useView((state) => state.recording)
  const change = (patch: Partial<RecordingChoice>) =>
    services.view.setState((state) => ({ recording: { ...state.recording, ...patch } }))
  return (
    <div className={styles['options']}>
      <LabelledRow title="File" layout="wide">
        <Choice
          label="File format"
          value={choice.format}
          options={formats}
          onChange={(format) => change({ format: storageFormatSchema.parse(format) })}
        />
      </LabelledRow>
      <LabelledRow title="Length" layout="wide">
        <Choice
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
            readOnly={false}
            onCommit={(frames) => change({ frames: Math.max(1, Math.round(frames)) })}
          />
        </LabelledRow>
      )}
      {choice.until === 'seconds' && (
        <LabelledRow title="Seconds" layout="line">
          <NumberField
            label="Seconds to record"
            value={choice.seconds}
            unit="s"
            readOnly={false}
            onCommit={(seconds) => change({ seconds: Math.max(0.01, seconds) })}
          />
        </LabelledRow>
      )}
      <Estimate choice={choice} />
    </div>
  )
}

function Estimate({ choice }: { readonly choice: RecordingChoice }) {
  const services = useServices()
  const [result, setResult] = useState<EstimateResult>()
  useEffect(() => {
    let current = true
    void estimateRecording(services, choice).then((estimated) => {
      if (current) setResult(estimated)
    })
    return () => {
      current = false
    }
  }, [services, choice])
  if (result === undefined) return null
  if (!result.ok) return <FailureLine id="recording-estimate" failure={result.failure} />
  const { frames, durationS, bytes, bytesPerSecond, freeDiskBytes, warnings } = result.estimate
  return (
    <div className={styles['estimate']} aria-label="Estimate">
      {frames !== undefined && <span>{count(frames)} frames</span>}
      {durationS !== undefined && <span>{fixed(durationS, 1)} s</span>}
      <span>{bytes === undefined ? byteRate(bytesPerSecond) : byteSize(bytes)}</span>
      <span>{byteSize(freeDiskBytes)} free</span>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  )
}
