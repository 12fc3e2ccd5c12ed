import { Slider } from '@mantine/core'
import { useId } from 'react'
import type { PropertyDescriptor, PropertyValue } from '../../src-shared/devices.ts'
import { FailureLine } from './failure-line.tsx'
import { compact } from './format.ts'
import { LabelledRow, type RowLayout } from './labelled-row.tsx'
import { fromPlace, type NumberRange, rangeOf, toPlace } from './number-scale.ts'
import { useBlockedProperty } from './operator-controls.tsx'
import styles from './property-control.module.css'
import { PropertyEditor, usePropertySetting } from './property-editor.tsx'
import { Refusable } from './refusable.tsx'
import type { LiveSetting } from './use-live-setting.ts'

type PropertyControlProps = {
  readonly deviceId: string
  readonly property: PropertyDescriptor
  /** Title to show instead of the property's own. */
  readonly title?: string
  /** Where the control stands; by default as suits its kind. */
  readonly layout?: RowLayout
}

/** The control of any property of any device, built from its descriptor. */
export function PropertyControl({ deviceId, property, title, layout }: PropertyControlProps) {
  const setting = usePropertySetting(deviceId, property)
  const failureId = useId()
  const blocked = useBlockedProperty(deviceId, property)
  const name = title ?? property.title
  return (
    <div className={styles['control']} role="group" aria-label={name} data-property={property.name}>
      <LabelledRow title={name} help={property.description} layout={layout ?? layoutOf(property)}>
        <Refusable reason={blocked}>
          <PropertyEditor property={property} name={name} setting={setting} failureId={failureId} />
        </Refusable>
      </LabelledRow>
      {property.type === 'number' && !property.readOnly && (
        <Refusable reason={blocked}>
          <PropertySlider
            range={rangeOf(property)}
            name={name}
            unit={property.unit}
            setting={setting}
            disabled={blocked !== undefined}
          />
        </Refusable>
      )}
      <FailureLine id={failureId} failure={setting.failure} />
    </div>
  )
}

function layoutOf(property: PropertyDescriptor): RowLayout {
  return property.type === 'option' || property.type === 'text' ? 'wide' : 'line'
}

type SliderProps = {
  readonly range: NumberRange | undefined
  readonly name: string
  readonly unit: string | undefined
  readonly setting: LiveSetting<PropertyValue>
  readonly disabled: boolean
}

/** Finest division of a slider's way. */
const finest = 0.002

function PropertySlider({ range, name, unit, setting, disabled }: SliderProps) {
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
      disabled={disabled}
      thumbLabel={`${name} slider`}
      thumbValueText={`${compact(setting.shown, 4)} ${unit ?? ''}`.trim()}
      onChange={(place) => {
        const value = fromPlace(range, place)
        if (value !== setting.shown) setting.edit(value)
      }}
    />
  )
}
