import { Button, Slider, Switch } from '@mantine/core'
import { useId } from 'react'
import { setProperty } from '../actions/device-actions.ts'
import type { PropertyDescriptor, PropertyValue } from '../../src-shared/devices.ts'
import { useServices } from '../services.ts'
import { Choice } from './choice.tsx'
import { FailureLine } from './failure-line.tsx'
import { compact } from './format.ts'
import { LabelledRow, type RowLayout } from './labelled-row.tsx'
import { NumberField } from './number-field.tsx'
import { fromPlace, type NumberRange, rangeOf, toPlace } from './number-scale.ts'
import { OperatorControls, useBlocked } from './operator-controls.tsx'
import styles from './property-control.module.css'
import { type LiveSetting, useLiveSetting } from './use-live-setting.ts'

export type PropertyControlProps = {
  readonly deviceId: string
  readonly property: PropertyDescriptor
  /** Title to show instead of the property's own. */
  readonly title?: string
  /** Where the control stands; by default as suits its kind. */
  readonly layout?: RowLayout
}

/** The control of any property of any device, built from its descriptor. */
export function PropertyControl({ deviceId, property, title, layout }: PropertyControlProps) {
  const services = useServices()
  const setting = useLiveSetting<PropertyValue>(property.value, (value) =>
    setProperty(services, { deviceId, property: property.name, value }),
  )
  const failureId = useId()
  const name = title ?? property.title
  return (
    <div className={styles['control']} role="group" aria-label={name} data-property={property.name}>
      <LabelledRow title={name} help={property.description} layout={layout ?? layoutOf(property)}>
        <OperatorControls>
          <ValueEditor property={property} name={name} setting={setting} failureId={failureId} />
        </OperatorControls>
      </LabelledRow>
      {property.type === 'number' && !property.readOnly && (
        <OperatorControls>
          <PropertySlider range={rangeOf(property)} name={name} unit={property.unit} setting={setting} />
        </OperatorControls>
      )}
      <FailureLine id={failureId} failure={setting.failure} />
    </div>
  )
}

function layoutOf(property: PropertyDescriptor): RowLayout {
  return property.type === 'option' || property.type === 'text' ? 'wide' : 'line'
}

type EditorProps = {
  readonly property: PropertyDescriptor
  readonly name: string
  readonly setting: LiveSetting<PropertyValue>
  readonly failureId: string
}

function ValueEditor({ property, name, setting, failureId }: EditorProps) {
  const { shown, edit, failure } = setting
  if (property.type === 'number') {
    return (
      <NumberField
        label={name}
        value={typeof shown === 'number' ? shown : property.value}
        unit={property.unit}
        step={property.scale === 'log' ? undefined : property.step}
        readOnly={property.readOnly}
        invalid={failure !== undefined}
        describedBy={failure === undefined ? undefined : failureId}
        onCommit={edit}
      />
    )
  }
  if (property.type === 'command') {
    return (
      <Button size="compact-xs" variant="default" disabled={property.readOnly} onClick={() => edit(true)}>
        {name}
      </Button>
    )
  }
  if (property.readOnly) return <span className={styles['text']}>{String(shown)}</span>
  if (property.type === 'boolean') {
    return (
      <Switch
        className={styles['switch'] ?? ''}
        aria-label={name}
        checked={shown === true}
        onChange={(event) => edit(event.currentTarget.checked)}
      />
    )
  }
  if (property.type === 'option') {
    const options = property.options.map((option) => ({ value: option, label: option }))
    return <Choice label={name} value={String(shown)} options={options} onChange={edit} />
  }
  return <TextEditor name={name} value={String(shown)} onCommit={edit} />
}

type TextEditorProps = {
  readonly name: string
  readonly value: string
  onCommit(value: string): void
}

function TextEditor({ name, value, onCommit }: TextEditorProps) {
  return (
    <input
      // A new value from the device replaces what is in the field.
      key={value}
      className={styles['input']}
      aria-label={name}
      defaultValue={value}
      onBlur={(event) => {
        if (event.currentTarget.value !== value) onCommit(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
    />
  )
}

type SliderProps = {
  readonly range: NumberRange | undefined
  readonly name: string
  readonly unit: string | undefined
  readonly setting: LiveSetting<PropertyValue>
}

/** Finest division of a slider's way. */
const finest = 0.002

function PropertySlider({ range, name, unit, setting }: SliderProps) {
  const blocked = useBlocked() !== undefined
  if (range === undefined || typeof setting.shown !== 'number') return null
  const { min, max, step, scale } = range
  const placeStep = scale === 'linear' && step !== undefined ? Math.max(finest, step / (max - min)) : finest
  return (
    <Slider
      className={styles['slider'] ?? ''}
      min={0}
      max={1}
      step={placeStep}
      value={toPlace(range, setting.shown)}
      disabled={blocked}
      thumbLabel={`${name} slider`}
      thumbValueText={`${compact(setting.shown, 4)} ${unit ?? ''}`.trim()}
      onChange={(place) => {
        const value = fromPlace(range, place)
        if (value !== setting.shown) setting.edit(value)
      }}
    />
  )
}
