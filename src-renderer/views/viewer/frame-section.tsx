import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { compact, count, fixed } from '../../components/format.ts'
import { PanelSection } from '../../components/panel-section.tsx'
import { useViewerState } from '../../services.ts'
import { duration } from './axis-words.ts'
import { MetadataTable } from './metadata-table.tsx'
import type { MetadataRow } from './metadata-rows.ts'

/** What is known of the frame on show. */
export function FrameSection() {
  const record = useViewerState((state) => state.record)
  const projected = useViewerState((state) => state.zProjection !== undefined)
  // What many frames have become is none of them.
  if (record === undefined || projected) return null
  return (
    <PanelSection id="viewer-frame" title="This frame">
      <MetadataTable rows={frameRows(record)} />
    </PanelSection>
  )
}

/** A record in words. */
export function frameRows(record: FrameRecord): readonly MetadataRow[] {
  if (record.kind === 'skipped') return [{ name: 'Not taken', value: record.reason }]
  if (record.kind !== 'frame') return []
  const { stage, temperatureC, pixelSizeUm, channel, positionName } = record
  const micrometres = (value: number | undefined) =>
    value === undefined ? undefined : `${fixed(value, 2)} µm`
  const rows: { readonly name: string; readonly value: string | undefined }[] = [
    { name: 'Taken', value: timeWithMs(record.capturedAt) },
    { name: 'Since the first', value: duration(record.elapsedS) },
    { name: 'Exposure', value: `${compact(record.exposureMs, 4)} ms` },
    { name: 'Gain', value: compact(record.gain, 4) },
    { name: 'Channel', value: channel },
    { name: 'Position', value: positionName },
    { name: 'Stage x', value: micrometres(stage?.x) },
    { name: 'Stage y', value: micrometres(stage?.y) },
    { name: 'Focus z', value: micrometres(stage?.z) },
    { name: 'Sensor', value: temperatureC === undefined ? undefined : `${fixed(temperatureC, 1)} °C` },
    { name: 'Pixel size', value: pixelSizeUm === undefined ? undefined : `${compact(pixelSizeUm, 4)} µm` },
    { name: 'Camera', value: record.camera },
    { name: 'Camera frame', value: count(record.sequence) },
  ]
  return rows.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]))
}

/** `28 Nov 2026, 15:57:07.123`. */
function timeWithMs(timeMs: number): string {
  const time = new Date(timeMs)
  const date = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
  return `${date}, ${time.toLocaleTimeString('en-GB')}.${String(time.getMilliseconds()).padStart(3, '0')}`
}
