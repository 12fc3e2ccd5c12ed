import { Button, Slider, Switch } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { paramsSchemaOf, type Protocol, type StreamParams } from '../../src-shared/stream-params.ts'
import { chooseProtocol, choosableProtocols, setStreamParams, stopLive } from '../actions/live-actions.ts'
import { Choice } from '../components/choice.tsx'
import { FailureLine } from '../components/failure-line.tsx'
import { LabelledRow } from '../components/labelled-row.tsx'
import { NumberField } from '../components/number-field.tsx'
import { OperatorControls, useBlocked } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { type SchemaField, streamFields } from '../components/schema-fields.ts'
import { type LiveSetting, useLiveSetting } from '../components/use-live-setting.ts'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { isConcurrent, nextProtocol, streamOf, watchedProtocol } from '../stores/selectors.ts'
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
  mjpeg: '8 bits and lossy, also for any program that shows MJPEG.',
  webrtc: 'Compressed video that follows the network, for far-away viewers.',
}

/** How the camera on show is streamed: the protocol and its settings, as its schema describes them. */
export function StreamPanel() {
  const detector = useDetector()
  const view = useView((state) => state)
  const watched = useEngine((state) => watchedProtocol(state, view, detector))
  const next = useEngine((state) => nextProtocol(state, view, detector))
  const known = useEngine((state) => state.info !== undefined)
  if (detector === undefined || !known) return null
  const protocol = watched ?? next
  return (
    <PanelSection id="stream" title="Stream">
      <ProtocolChoice detector={detector} protocol={protocol} />
      <p className={styles['help']}>{protocolHelp[protocol]}</p>
      <OperatorControls>
        <StreamForm key={`${detector} ${protocol}`} detector={detector} protocol={protocol} />
      </OperatorControls>
      <OtherStreams detector={detector} protocol={protocol} />
    </PanelSection>
  )
}

type FormProps = { readonly detector: string; readonly protocol: Protocol }

/** By which protocol: where one runs at a time for everybody, else for this page only. */
function ProtocolChoice({ detector, protocol }: FormProps) {
  const services = useServices()
  const concurrent = useEngine(isConcurrent)
  const all = useEngine((state) => state.info?.protocols ?? noProtocols)
  const choosable = useEngine(useShallow((state) => choosableProtocols(state, detector)))
  const shown = concurrent ? choosable : all
  if (shown.length < 2) return null
  const label = concurrent ? 'Watch by' : 'Protocol'
  const choice = (
    <Choice
      label={label}
      value={protocol}
      options={shown.map((value) => ({ value, label: protocolTitles[value] }))}
      onChange={(chosen) => {
        const found = shown.find((value) => value === chosen)
        if (found !== undefined) void chooseProtocol(services, detector, found)
      }}
    />
  )
  return (
    <div className={styles['protocols']}>
      <LabelledRow
        title={label}
        layout="wide"
        help={
          concurrent ? 'For this page; others may watch by another protocol at the same time.' : undefined
        }
      >
        {concurrent ? choice : <OperatorControls>{choice}</OperatorControls>}
      </LabelledRow>
    </div>
  )
}

const noProtocols: readonly Protocol[] = []

/** What else the camera streams by, where several protocols may run at once. */
function OtherStreams({ detector, protocol }: FormProps) {
  const services = useServices()
  const others = useEngine(
    useShallow((state) =>
      state.streams.filter((stream) => stream.detectorName === detector && stream.protocol !== protocol),
    ),
  )
  if (others.length === 0) return null
  return (
    <OperatorControls>
      {others.map((stream) => (
        <LabelledRow key={stream.protocol} title={`Also streams by ${protocolTitles[stream.protocol]}`}>
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => void stopLive(services, detector, stream.protocol)}
          >
            Stop
          </Button>
        </LabelledRow>
      ))}
    </OperatorControls>
  )
}

/** The parameters of the running stream, or those the next start would use. */
function useParams({ detector, protocol }: FormProps): StreamParams {
  const { backend } = useServices()
  const running = useEngine((state) => streamOf(state.streams, detector, protocol))
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
      limits={{ min: field.min, max: field.max, whole: field.integer }}
      invalid={failure !== undefined}
      onCommit={edit}
    />
  )
}

function QualitySlider({ field, setting }: EditorProps) {
  const blocked = useBlocked() !== undefined
  if (field.type !== 'number') return null
  return (
    <Slider
      className={styles['slider'] ?? ''}
      min={field.min ?? 1}
      max={field.max ?? 100}
      value={Number(setting.shown)}
      disabled={blocked}
      thumbLabel={`${field.title} slider`}
      onChange={setting.edit}
    />
  )
}
