import { Button, Tooltip } from '@mantine/core'
import { IconAperture, IconRestore } from '@tabler/icons-react'
import type { DeviceState } from '../../../src-shared/devices.ts'
import type { ConnectionInfo } from '../../../src-shared/hardware.ts'
import { forgetSettings, renameDevice, showDevices, showLive } from '../../actions/hardware-actions.ts'
import { selectDetector } from '../../actions/live-actions.ts'
import { DemoMark } from '../../components/demo-mark.tsx'
import { deviceDot, kindWords } from '../../components/device-words.ts'
import { OperatorControls } from '../../components/operator-controls.tsx'
import { StatusDot } from '../../components/status-dot.tsx'
import { useEngine, useServices } from '../../services.ts'
import { noteOutcome } from '../../stores/session-store.ts'
import styles from './device-page.module.css'
import { Facts } from './facts.tsx'
import { NameEditor } from './name-editor.tsx'

/** What a device is and where it is connected. */
export function DeviceHeader({ device }: { readonly device: DeviceState }) {
  const services = useServices()
  const live = useEngine((state) => state.streams.some(({ detectorName }) => detectorName === device.id))
  const { description, status } = device
  return (
    <>
      <header className={styles['title']}>
        <StatusDot state={deviceDot(device, live)} />
        <NameEditor
          name={description.name}
          what={kindWords[description.kind].toLowerCase()}
          onRename={(name) => renameDevice(services, device.id, name)}
        />
        {device.demo && <DemoMark />}
        <div className={styles['actions']}>
          {description.kind === 'camera' && status.state === 'ready' && (
            <Button
              variant="default"
              leftSection={<IconAperture size={15} stroke={1.6} />}
              onClick={() => {
                void selectDetector(services, device.id)
                showLive(services)
              }}
            >
              Show live
            </Button>
          )}
          <ForgetButton device={device} />
        </div>
      </header>
      <DeviceFacts device={device} />
    </>
  )
}

/** Settings are kept per device; this one begins with the device's own the next time. */
function ForgetButton({ device }: { readonly device: DeviceState }) {
  const services = useServices()
  async function forget() {
    const failure = await forgetSettings(services, device.id)
    noteOutcome(services.session, `The settings of ${device.description.name} are still kept`, failure)
  }
  return (
    <OperatorControls>
      <Tooltip label="Settings are kept for this device and set again when it is opened. Forget them: the next time it begins with its own.">
        <Button
          variant="default"
          leftSection={<IconRestore size={15} stroke={1.6} />}
          onClick={() => void forget()}
        >
          Forget settings
        </Button>
      </Tooltip>
    </OperatorControls>
  )
}

function ConnectionLink({ connection }: { readonly connection: ConnectionInfo }) {
  const services = useServices()
  return (
    <button
      type="button"
      onClick={() => showDevices(services, { kind: 'connection', connectionId: connection.id })}
    >
      {connection.title}
    </button>
  )
}

function DeviceFacts({ device }: { readonly device: DeviceState }) {
  const { description } = device
  const connection = useEngine((state) =>
    state.hardware.connections.find(({ id }) => id === device.connectionId),
  )
  const driver = useEngine((state) => state.hardware.drivers.find(({ id }) => id === device.driver)?.name)
  const camera = description.kind === 'camera' ? description : undefined
  return (
    <Facts
      facts={[
        { name: 'Kind', value: kindWords[description.kind] },
        { name: 'Model', value: description.model },
        { name: 'Serial number', value: camera?.serialNumber },
        { name: 'Sensor', value: camera && `${camera.sensorWidth} × ${camera.sensorHeight}` },
        { name: 'Driver', value: driver ?? device.driver },
        { name: 'Address', value: connection?.address },
        { name: 'Connection', value: connection && <ConnectionLink connection={connection} /> },
      ]}
    />
  )
}
