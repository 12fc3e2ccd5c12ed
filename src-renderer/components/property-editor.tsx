import { Button, Switch } from '@mantine/core'
import type { PropertyDescriptor, PropertyValue } from '../../src-shared/devices.ts'
import { setProperty } from '../actions/device-actions.ts'
import { useServices } from '../services.ts'
import { Choice } from './choice.tsx'
import { NumberField } from './number-field.tsx'
import styles from './property-editor.module.css'
import { type LiveSetting, useLiveSetting } from './use-live-setting.ts'

/** The value of a device's property under a control. */
export function usePropertySetting(
  deviceId: string,
  property: PropertyDescriptor,
): LiveSetting<PropertyValue> {
  const services = useServices()
  return useLiveSetting<PropertyValue>(property.value, (value) =>
    setProperty(services, { deviceId, property: property.name, value }),
  )
}

type PropertyEditorProps = {
  readonly property: PropertyDescriptor
  /** Accessible name. */
  readonly name: string
  readonly setting: LiveSetting<PropertyValue>
  /** Element that tells why a change was refused. */
  readonly failureId: string
}

/** Shows and changes a property's value, as its type wants it. */
export function PropertyEditor({ property, name, setting, failureId }: PropertyEditorProps) {
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
      <Button
        className={styles['command'] ?? ''}
        size="compact-xs"
        variant="default"
        aria-label={name}
        disabled={property.readOnly}
        loading={shown === true}
        onClick={() => edit(true)}
      >
        Run
      </Button>
    )
  }
  if (property.readOnly) {
    return (
      <span className={styles['text']}>{property.type === 'boolean' ? onOff(shown) : String(shown)}</span>
    )
  }
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

function onOff(value: PropertyValue): string {
  return value === true ? 'on' : 'off'
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
