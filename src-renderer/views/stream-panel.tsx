import { Slider, Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import { paramsSchemaOf, type Protocol, type StreamParams } from '../../src-shared/stream-params.ts'
import { chooseProtocol, setStreamParams } from '../actions/live-actions.ts'
import { Choice } from '../components/choice.tsx'
import { FailureLine } from '../components/failure-line.tsx'
import { LabelledRow } from '../components/labelled-row.tsx'
import { NumberField } from '../components/number-field.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { type SchemaField, streamFields } from '../components/schema-fields.ts'
import { type LiveSetting, useLiveSetting } from '../components/use-live-setting.ts'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { nextProtocol, streamOf } from '../stores/selectors.ts'
import styles from './stream-panel.module.css'

const protocolTitles: Record<Protocol, string> = {
  binary: 'Lossless',
  jpeg: 'JPEG',
  mjpeg: 'MJPEG',
  webrtc: 'WebRTC',
}

const protocolHelp: Record<Protocol, string> = {
  binary: 'Every pixel value as the camera gave it.',
  jpeg: '8 bits and lossy, for slower links.',
  mjpeg: '8 bits and lossy, for any program that shows MJPEG.',
  webrtc: 'Compressed video, for far-away viewers.',
}

/** How the camera on show is streamed: the protocol and its settings, as its schema describes them. */
export function StreamPanel() {
  const services = useServices()
  const detector = useDetector()
  const protocols = useEngine((state) => state.info?.protocols)
  const running = useEngine((state) => streamOf(state.streams, detector))
  const view = useView((state) => state)
  const next = useEngine((state) => nextProtocol(state, view, detector))
  if (detector === undefined || protocols === undefined) return null
  const protocol = running?.protocol ?? next
  return (
    <PanelSection id="stream" title="Stream">
      {protocols.length > 1 && (
        <div className={styles['protocols']}>
          <Choice
            label="Protocol"
            value={protocol}
            options={protocols.map((value) => ({ value, label: protocolTitles[value] }))}
            onChange={(chosen) => {
              const found = protocols.find((value) => value === chosen)
              if (found !== undefined) void chooseProtocol(services, detector, found)
            }}
          />
        </div>
      )}
      <p className={styles['help']}>{protocolHelp[protocol]}</p>
      <StreamForm key={`${detector} ${protocol}`} detector={detector} protocol={protocol} />
    </PanelSection>
  )
}

type FormProps = { readonly detector: string; readonly protocol: Protocol }

/** The parameters of the running stream, or those the next start would use. */
function useParams({ detector, protocol }: FormProps): StreamParams {
  const { backend } = useServices()
  const running = useEngine((state) => streamOf(state.streams, detector))
  const remembered = useEngine((state) => state.settings?.streamParams[detector]?.[protocol])
  const [asked, setAsked] = useState<StreamParams>()
  const known = running?.protocol === protocol ? running.params : remembered
  const unknown = known === undefined
  useEffect(() => {
    if (!unknown) return
    let stale = false
    backend.client.liveView.getParams({ detectorName: detector, protocol }).then(
      (params) => {
        if (!stale) setAsked(params)
      },
      // Without an answer the protocol's defaults are shown; a start reports what is wrong.
      () => undefined,
    )
    return () => {
      stale = true
    }
  }, [backend, detector, protocol, unknown])
  return known ?? asked ?? paramsSchemaOf[protocol].parse({ protocol })
}

function StreamForm({ detector, protocol }: FormProps) {
  const params = useParams({ detector, protocol })
  return streamFields(protocol, params).map((field) => (
    <StreamSetting
      key={field.name}
      field={field}
      detector={detector}
      protocol={protocol}
      value={Object.entries(params).find(([name]) => name === field.name)?.[1]}
    />
  ))
}

type SettingProps = FormProps & { readonly field: SchemaField; readonly value: unknown }

function StreamSetting({ field, detector, protocol, value }: SettingProps) {
  const services = useServices()
  const setting = useLiveSetting<unknown>(value, (next) =>
    setStreamParams(services, { detector, protocol, params: { [field.name]: next } }),
  )
  return (
    <div role="group" aria-label={field.title}>
      <LabelledRow
        title={field.title}
        help={field.description}
        layout={field.type === 'option' ? 'wide' : 'line'}
      >
        <FieldEditor field={field} setting={setting} />
      </LabelledRow>
      {field.name === 'quality' && <QualitySlider field={field} setting={setting} />}
      <FailureLine failure={setting.failure} />
    </div>
  )
}

type EditorProps = { readonly field: SchemaField; readonly setting: LiveSetting<unknown> }

/** Labels of option values, where the value itself would not say enough. */
const optionLabels: Readonly<Record<string, string>> = {
  lz4: 'LZ4',
  zstd: 'Zstd',
  none: 'None',
  'delta-shuffle': 'On',
  sample: 'Sample',
  average: 'Average',
}

function FieldEditor({ field, setting }: EditorProps) {
  const { shown, edit, failure } = setting
  if (field.type === 'option') {
    return (
      <Choice
        label={field.title}
        value={String(shown)}
        options={field.options.map((value) => ({
          value,
          label: field.name === 'filter' && value === 'none' ? 'Off' : (optionLabels[value] ?? value),
        }))}
        onChange={edit}
      />
    )
  }
  if (field.type === 'boolean') {
    return (
      <Switch
        aria-label={field.title}
        checked={shown === true}
        onChange={(event) => edit(event.currentTarget.checked)}
      />
    )
  }
  return (
    <NumberField
      label={field.title}
      value={Number(shown)}
      unit={field.unit}
      step={field.integer ? 1 : undefined}
      invalid={failure !== undefined}
      onCommit={edit}
    />
  )
}

function QualitySlider({ field, setting }: EditorProps) {
  if (field.type !== 'number') return null
  return (
    <Slider
      className={styles['slider'] ?? ''}
      min={field.min ?? 1}
      max={field.max ?? 100}
      value={Number(setting.shown)}
      thumbLabel={`${field.title} slider`}
      onChange={setting.edit}
    />
  )
}
