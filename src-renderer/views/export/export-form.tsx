import { Button, Checkbox } from '@mantine/core'
import { useState } from 'react'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { closeExport, startExport } from '../../actions/export-actions.ts'
import { Choice } from '../../components/choice.tsx'
import { FailureLine } from '../../components/failure-line.tsx'
import { byteSize, count } from '../../components/format.ts'
import { LabelledRow } from '../../components/labelled-row.tsx'
import {
  type BurnIn,
  type ExportChoices,
  type ExportFormat,
  isMoving,
  keepsValues,
} from '../../export/export-choices.ts'
import {
  expectedDurationS,
  offeredWidths,
  pictureCount,
  pictureLabels,
  pictureSize,
} from '../../export/export-plan.ts'
import { omeTiffBytes } from '../../export/ome-tiff-file.ts'
import { useServices } from '../../services.ts'
import type { ExportPhase } from '../../stores/export-store.ts'
import { datasetOf, type ViewerState } from '../../stores/viewer-store.ts'
import styles from './export.module.css'
import { initialChoices } from './initial-choices.ts'
import { playsFor } from './plays-for.ts'
import { RangeRows } from './range-rows.tsx'
import { SpeedRow } from './speed-row.tsx'

const formats: readonly { readonly value: ExportFormat; readonly label: string; readonly about: string }[] = [
  { value: 'mp4', label: 'MP4 video', about: 'H.264: for slides, chats and every player.' },
  { value: 'webm', label: 'WebM video', about: 'VP9: for web pages; smaller than MP4.' },
  { value: 'gif', label: 'GIF', about: '256 colours per picture; large, but moves everywhere.' },
  {
    value: 'png',
    label: 'Pictures as shown (PNG)',
    about: 'One PNG per picture, all in one ZIP file: every time, depth and position.',
  },
  {
    value: 'tiff',
    label: 'Raw values (OME-TIFF)',
    about: 'All images with the camera’s values in one file, uncompressed: for Fiji, napari, Python.',
  },
  {
    value: 'raw',
    label: 'Raw values (PNG)',
    about: 'One PNG per image with the camera’s values, up to 16 bits, all in one ZIP file.',
  },
]
const qualities = [
  { value: 'best', label: 'Best' },
  { value: 'good', label: 'Good' },
  { value: 'small', label: 'Small' },
] as const

type Change = (patch: Partial<ExportChoices>) => void

type ExportFormProps = Omit<Extract<ExportPhase, { phase: 'choosing' }>, 'phase'>

/** Everything that is chosen before an export. */
export function ExportForm({ subject, choices: before, failure }: ExportFormProps) {
  const services = useServices()
  const dataset = datasetOf(subject.state)
  const [choices, setChoices] = useState(() => before ?? initialChoices(subject.state))
  const change: Change = (patch) => setChoices((before) => ({ ...before, ...patch }))
  if (dataset === undefined) return <p className={styles['line']}>It has no images.</p>
  const { format } = choices
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        void startExport(services, { subject, choices, page: window })
      }}
    >
      <div>
        <LabelledRow title="As" layout="wide">
          <Choice
            label="Format"
            value={format}
            options={formats}
            onChange={(value) =>
              change({ format: formats.find((one) => one.value === value)?.value ?? format })
            }
          />
        </LabelledRow>
        <p className={styles['note']}>{formats.find(({ value }) => value === format)?.about}</p>
      </div>
      <RangeRows state={subject.state} dataset={dataset} choices={choices} change={change} />
      {!keepsValues(format) && <WidthRow dataset={dataset} choices={choices} change={change} />}
      {isMoving(format) && <SpeedRow choices={choices} change={change} />}
      {(format === 'mp4' || format === 'webm') && (
        <LabelledRow title="Quality" layout="wide">
          <Choice
            label="Quality"
            value={choices.quality}
            options={qualities}
            onChange={(value) =>
              change({ quality: qualities.find((one) => one.value === value)?.value ?? 'good' })
            }
          />
        </LabelledRow>
      )}
      {!keepsValues(format) && (
        <BurnInRow
          dataset={dataset}
          labelled={pictureLabels(subject.state, choices, subject.state.index).length > 0}
          burnIn={choices.burnIn}
          onChange={(burnIn) => change({ burnIn })}
        />
      )}
      <p className={styles['summary']}>{summaryOf(subject.state, dataset, choices)}</p>
      <FailureLine failure={failure} />
      <div className={styles['buttons']}>
        <Button variant="default" onClick={() => closeExport(services)}>
          Close
        </Button>
        <Button type="submit">Export</Button>
      </div>
    </form>
  )
}

type RowProps = { readonly dataset: ImageDataset; readonly choices: ExportChoices; readonly change: Change }

function WidthRow({ dataset, choices, change }: RowProps) {
  const widths = offeredWidths(dataset)
  if (widths.length === 1) return null
  return (
    <LabelledRow title="Size" layout="wide">
      <Choice
        label="Size"
        value={String(choices.width)}
        options={widths.map((width) => {
          const size = pictureSize(dataset, { ...choices, width })
          const whole = width === dataset.width ? ', as taken' : ''
          return { value: String(width), label: `${size.width} × ${size.height}${whole}` }
        })}
        onChange={(width) => change({ width: Number(width) })}
      />
    </LabelledRow>
  )
}

function BurnInRow({
  dataset,
  labelled,
  burnIn,
  onChange,
}: {
  readonly dataset: ImageDataset
  /** There is something to write: channels, positions or depths. */
  readonly labelled: boolean
  readonly burnIn: BurnIn
  onChange(burnIn: BurnIn): void
}) {
  const calibrated = dataset.pixelSizeUm !== undefined
  return (
    <LabelledRow title="Burnt in" layout="wide">
      <span className={styles['checks']}>
        <Checkbox
          label="Time"
          checked={burnIn.time}
          onChange={(event) => onChange({ ...burnIn, time: event.currentTarget.checked })}
        />
        <Checkbox
          label={calibrated ? 'Scale bar' : 'Scale bar (not calibrated)'}
          disabled={!calibrated}
          checked={burnIn.scaleBar && calibrated}
          onChange={(event) => onChange({ ...burnIn, scaleBar: event.currentTarget.checked })}
        />
        {labelled && (
          <Checkbox
            label="Labels"
            checked={burnIn.labels}
            onChange={(event) => onChange({ ...burnIn, labels: event.currentTarget.checked })}
          />
        )}
      </span>
    </LabelledRow>
  )
}

function summaryOf(state: ViewerState, dataset: ImageDataset, choices: ExportChoices): string {
  const pictures = pictureCount(state, choices)
  const { width, height } = pictureSize(dataset, choices)
  const what = `${count(pictures)} ${pictures === 1 ? 'picture' : 'pictures'} of ${width} × ${height}`
  const { format } = choices
  if (keepsValues(format)) {
    const bytes = omeTiffBytes(dataset, pictures)
    return `${what}, ${format === 'tiff' ? '' : 'at most '}${byteSize(bytes)}`
  }
  const durationS = isMoving(format) ? expectedDurationS(dataset, choices) : undefined
  return durationS === undefined ? what : `${what}, ${playsFor(durationS)}`
}
