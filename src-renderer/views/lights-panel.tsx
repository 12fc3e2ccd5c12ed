import { Slider, Switch } from '@mantine/core'
import { type DeviceState, type PropertyValue, standardProperty } from '../../src-shared/devices.ts'
import { setProperty } from '../actions/device-actions.ts'
import { FailureLine } from '../components/failure-line.tsx'
import { NumberField } from '../components/number-field.tsx'
import { OperatorControls, useBlocked } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { PropertyControl } from '../components/property-control.tsx'
import { useLiveSetting } from '../components/use-live-setting.ts'
import { useServices } from '../services.ts'
import { propertyOf } from '../stores/selectors.ts'
import { DeviceProblem } from './device-problem.tsx'
import styles from './lights-panel.module.css'
import { useDevices } from './use-devices.ts'

/** All light sources: a switch and a slider each. */
export function LightsPanel() {
  const lights = useDevices('light')
  if (lights.length === 0) return null
  return (
    <PanelSection id="lights" title="Light">
      {lights.map((light) => (
        <Light key={light.id} light={light} />
      ))}
    </PanelSection>
  )
}

function useProperty(device: DeviceState, name: string, fallback: PropertyValue) {
  const services = useServices()
  return useLiveSetting<PropertyValue>(propertyOf(device, name)?.value ?? fallback, (value) =>
    setProperty(services, { deviceId: device.id, property: name, value }),
  )
}

function Light({ light }: { readonly light: DeviceState }) {
  const { name } = light.description
  const on = useProperty(light, standardProperty.on, false)
  const intensity = useProperty(light, standardProperty.intensity, 0)
  const switchable = propertyOf(light, standardProperty.on) !== undefined
  const dimmer = propertyOf(light, standardProperty.intensity)
  const blocked = useBlocked() !== undefined
  const disabled = blocked || light.status.state !== 'ready'
  const lit = on.shown === true || !switchable
  const others = light.properties.filter(
    (property) =>
      property.name !== standardProperty.on &&
      property.name !== standardProperty.intensity &&
      !property.readOnly,
  )
  return (
    <div className={styles['light']} role="group" aria-label={name} data-lit={lit || undefined}>
      <OperatorControls>
        <div className={styles['row']}>
          {switchable && (
            <Switch
              aria-label={`${name} on`}
              checked={on.shown === true}
              disabled={disabled}
              onChange={(event) => on.edit(event.currentTarget.checked)}
            />
          )}
          <span className={styles['name']}>{name}</span>
          {dimmer?.type === 'number' && (
            <span className={styles['value']}>
              <NumberField
                label={`${name} intensity`}
                value={Number(intensity.shown)}
                unit={dimmer.unit ?? '%'}
                step={dimmer.step}
                limits={{ min: dimmer.min, max: dimmer.max }}
                disabled={disabled}
                onCommit={intensity.edit}
              />
            </span>
          )}
        </div>
        {dimmer?.type === 'number' && (
          <Slider
            className={styles['slider'] ?? ''}
            min={dimmer.min ?? 0}
            max={dimmer.max ?? 100}
            step={dimmer.step ?? 0.5}
            value={Number(intensity.shown)}
            disabled={disabled}
            thumbLabel={`${name} intensity slider`}
            onChange={intensity.edit}
          />
        )}
      </OperatorControls>
      <FailureLine failure={on.failure ?? intensity.failure} />
      {others.map((property) => (
        <PropertyControl key={property.name} deviceId={light.id} property={property} />
      ))}
      <DeviceProblem device={light} />
    </div>
  )
}
