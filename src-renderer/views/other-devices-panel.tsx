import type { DeviceState } from '../../src-shared/devices.ts'
import { standardProperty } from '../../src-shared/devices.ts'
import { PanelSection } from '../components/panel-section.tsx'
import { PropertyControl } from '../components/property-control.tsx'
import { DeviceProblem } from './device-problem.tsx'
import { useDevices } from './use-devices.ts'

/** Turrets, wheels, shutters and autofocus units, each by its properties. */
export function OtherDevicesPanel() {
  const devices = [...useDevices('turret'), ...useDevices('shutter'), ...useDevices('autofocus')]
  if (devices.length === 0) return null
  return (
    <PanelSection id="other-devices" title="Optics">
      {devices.map((device) => (
        <Device key={device.id} device={device} />
      ))}
    </PanelSection>
  )
}

function Device({ device }: { readonly device: DeviceState }) {
  const shown = device.properties.filter((property) => !property.readOnly)
  return (
    <div role="group" aria-label={device.description.name}>
      {shown.map((property) => (
        <PropertyControl
          key={property.name}
          deviceId={device.id}
          property={property}
          {...(property.type === 'option' ? { layout: 'stack' } : {})}
          title={
            property.name === standardProperty.position || shown.length === 1
              ? device.description.name
              : property.title
          }
        />
      ))}
      <DeviceProblem device={device} />
    </div>
  )
}
