import { Button, TextInput, UnstyledButton } from '@mantine/core'
import { IconCamera, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'
import { triggerCamera } from '../actions/device-actions.ts'
import { showDevices } from '../actions/hardware-actions.ts'
import { useBlockedProperty } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { PropertyControl } from '../components/property-control.tsx'
import { Refusable } from '../components/refusable.tsx'
import { LazyRows } from '../components/lazy-rows.tsx'
import {
  groupProperties,
  isWithin,
  type PropertyGroup,
  searchProperties,
} from '../components/property-groups.ts'
import { useDetector, useEngine, useServices, useView } from '../services.ts'
import { deviceById, propertyOf } from '../stores/selectors.ts'
import styles from './camera-panel.module.css'

/** Settings of the camera on show: the usual ones first, all others one click away. */
export function CameraPanel() {
  const detector = useDetector()
  const camera = useEngine((state) => deviceById(state, detector))
  if (camera === undefined) return null
  return (
    <PanelSection id="camera" title="Camera" aside={<CameraName camera={camera} />}>
      <CameraSettings key={camera.id} camera={camera} />
    </PanelSection>
  )
}

function CameraName({ camera }: { readonly camera: DeviceState }) {
  return <span className={styles['name']}>{camera.description.name}</span>
}

function CameraSettings({ camera }: { readonly camera: DeviceState }) {
  const level = useView((state) => state.propertyLevel)
  const { main, others } = groupProperties(
    camera.properties.filter((property) => isWithin(property.level, level)),
  )
  const trigger = propertyOf(camera, standardProperty.triggerMode)
  // A recording takes what is triggered; a plan triggers by itself.
  const blockedTrigger = useBlockedProperty(camera.id, { lockedWhileAcquiring: false })
  const bySoftware = trigger?.type === 'option' && /software/i.test(trigger.value)
  const count = others.reduce((sum, group) => sum + group.properties.length, 0)
  return (
    <>
      {main.map((property) => (
        <PropertyControl key={property.name} deviceId={camera.id} property={property} />
      ))}
      {bySoftware && (
        <Refusable reason={blockedTrigger}>
          <TriggerButton camera={camera} />
        </Refusable>
      )}
      {count > 0 && <MoreSettings camera={camera} groups={others} count={count} />}
    </>
  )
}

function TriggerButton({ camera }: { readonly camera: DeviceState }) {
  const services = useServices()
  return (
    <Button
      className={styles['trigger'] ?? ''}
      variant="default"
      fullWidth
      leftSection={<IconCamera size={15} stroke={1.6} />}
      disabled={camera.acquiring !== true}
      onClick={() => void triggerCamera(services, camera.id)}
    >
      Take one frame
    </Button>
  )
}

type MoreProps = {
  readonly camera: DeviceState
  readonly groups: readonly PropertyGroup[]
  readonly count: number
}

/** From so many properties on, a search field helps. */
const searchFrom = 8
/** Height of a setting that was not drawn yet, CSS px. */
const rowHeight = 34

function MoreSettings({ camera, groups, count }: MoreProps) {
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const found = searchProperties(groups, search)
  return (
    <>
      <UnstyledButton className={styles['more']} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight className={styles['chevron']} size={13} stroke={2} aria-hidden="true" />
        More settings
        <span className={styles['count']}>{count}</span>
      </UnstyledButton>
      {open && count >= searchFrom && (
        <TextInput
          className={styles['search'] ?? ''}
          aria-label="Search settings"
          placeholder="Search settings"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {open &&
        found.map((group) => (
          <div key={group.category} role="group" aria-label={group.category}>
            <h3 className={styles['category']}>{group.category}</h3>
            <LazyRows items={group.properties} rowHeight={rowHeight}>
              {(property) => <PropertyControl key={property.name} deviceId={camera.id} property={property} />}
            </LazyRows>
          </div>
        ))}
      {open && <AllSettings camera={camera} />}
      {open && found.length === 0 && <p className={styles['nothing']}>No setting is called “{search}”.</p>}
    </>
  )
}

/** The way to the property browser, which has levels, limits and explanations. */
function AllSettings({ camera }: { readonly camera: DeviceState }) {
  const services = useServices()
  return (
    <Button
      className={styles['trigger'] ?? ''}
      variant="default"
      fullWidth
      onClick={() => showDevices(services, { kind: 'device', deviceId: camera.id })}
    >
      All settings in Devices
    </Button>
  )
}
