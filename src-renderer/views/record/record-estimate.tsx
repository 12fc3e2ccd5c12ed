import { useEffect, useState } from 'react'
import type { RecordingEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import { estimateRecording } from '../../actions/record-actions.ts'
import type { Outcome } from '../../backend/outcome.ts'
import { FailureLine } from '../../components/failure-line.tsx'
import { byteRate, byteSize, count, fixed } from '../../components/format.ts'
import { useEngine, useServices } from '../../services.ts'
import { cameraSettings } from '../../stores/image-settings.ts'
import type { RecordingChoice } from '../../stores/view-store.ts'
import styles from './record.module.css'

/** What a recording as chosen takes, or why it cannot be made. */
export function RecordEstimate({ choice }: { readonly choice: RecordingChoice }) {
  const services = useServices()
  const cameras = useEngine(cameraSettings)
  const [result, setResult] = useState<Outcome<RecordingEstimate>>()
  useEffect(() => {
    let current = true
    void estimateRecording(services, choice).then((estimated) => {
      if (current) setResult(estimated)
    })
    return () => {
      current = false
    }
    // The engine knows the cameras itself: when they are set otherwise, it has another answer.
  }, [services, choice, cameras])
  if (result === undefined) return null
  if (!result.ok) return <FailureLine id="recording-estimate" failure={result.failure} />
  const { frames, durationS, bytes, bytesPerSecond, freeDiskBytes, memoryBytes, warnings } = result.value
  return (
    <div className={styles['estimate']} aria-label="Estimate">
      {frames !== undefined && <span>{count(frames)} frames</span>}
      {durationS !== undefined && <span>{fixed(durationS, 1)} s</span>}
      <span>{bytes === undefined ? byteRate(bytesPerSecond) : byteSize(bytes)}</span>
      <span>{byteSize(freeDiskBytes)} free</span>
      <span>{byteSize(memoryBytes)} of memory</span>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  )
}
